import type { Cloud } from '../cloud.ts'
import { optionalText, requiredText } from '../parameters.ts'
import type { Call } from './call.ts'

/** STS's one operation here: a session of a role. */
export function assumeRole(cloud: Cloud, { input, caller }: Call) {
  const session = requiredText(input, 'RoleSessionName')
  const { arn, credentials, expiresAt } = cloud.principals.assumeRole(
    caller.principal,
    requiredText(input, 'RoleArn'),
    optionalText(input, 'ExternalId'),
    session,
    Math.min(Number(input.DurationSeconds ?? 3_600), cloud.machine.sessionSeconds),
  )
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `AROASANDBOX:${session}`, Arn: arn },
  }
}
