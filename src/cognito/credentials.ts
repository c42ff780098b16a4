import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { classify } from './errors.ts'
import { REQUEST_HANDLER } from './requestHandler.ts'
import { type CredentialProvider, keepSession, type Session } from './session.ts'

/** How a pool is opened: a key of its own, a role that trusts us, or what the environment's own chain finds. */
export type PoolCredentials =
  | {
      readonly kind: 'access-key'
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken?: string
    }
  | { readonly kind: 'role'; readonly roleArn: string; readonly externalId: string }
  | { readonly kind: 'ambient' }

/** What CloudTrail of the pool's account shows as the session's name. */
const SESSION_NAME = 'poolkeeper'

/** Opens them for the SDK. A role is assumed at the first request, and again shortly before its session ends. */
export function openSession(credentials: PoolCredentials, pool: { poolId: string; region: string }): Session {
  if (credentials.kind === 'role') return keepSession(roleOf(credentials, pool))
  if (credentials.kind === 'ambient')
    return keepSession(fromNodeProviderChain({ clientConfig: { requestHandler: REQUEST_HANDLER } }))
  const { kind, ...keys } = credentials
  return { provider: async () => keys, replace: async () => false }
}

function roleOf(
  { roleArn, externalId }: Extract<PoolCredentials, { kind: 'role' }>,
  { poolId, region }: { poolId: string; region: string },
): CredentialProvider {
  const assumeRole = fromTemporaryCredentials({
    params: { RoleArn: roleArn, ExternalId: externalId, RoleSessionName: SESSION_NAME },
    clientConfig: { region, requestHandler: REQUEST_HANDLER },
  })
  return async (properties) => {
    try {
      return await assumeRole(properties)
    } catch (error) {
      // Classified here, because further up nothing tells an AccessDenied of STS from one of Cognito.
      throw classify(error, { operation: 'AssumeRole', poolId, region })
    }
  }
}
