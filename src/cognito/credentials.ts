import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { classify } from './errors.ts'
import { REQUEST_HANDLER } from './requestHandler.ts'

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

type CredentialProvider = ReturnType<typeof fromNodeProviderChain>

/** What CloudTrail of the pool's account shows as the session's name. */
const SESSION_NAME = 'poolkeeper'

/** What the SDK takes as `credentials`. A role is assumed at the first request and again shortly before it expires. */
export function toProvider(
  credentials: PoolCredentials,
  { poolId, region }: { poolId: string; region: string },
): CredentialProvider {
  if (credentials.kind === 'ambient')
    return fromNodeProviderChain({ clientConfig: { requestHandler: REQUEST_HANDLER } })
  if (credentials.kind === 'access-key') {
    const { kind, ...keys } = credentials
    return async () => keys
  }
  const assumeRole = fromTemporaryCredentials({
    params: { RoleArn: credentials.roleArn, ExternalId: credentials.externalId, RoleSessionName: SESSION_NAME },
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
