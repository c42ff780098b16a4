import type { Cloud } from './cloud.ts'

/** A request to what AWS puts beside a program that runs on one of its machines. */
export interface MachineRequest {
  readonly method: string
  readonly path: string
  /** What an instance answers to only with the token that it has given out before. */
  readonly token: string | undefined
}

interface MachineAnswer {
  readonly status: number
  readonly body: string
}

const TOKEN = 'sandbox-instance-token'
const ROLES = '/latest/meta-data/iam/security-credentials/'
const ROLE = 'sandbox'

/** Where a container finds its task's credentials: for AWS_CONTAINER_CREDENTIALS_FULL_URI. */
export const CONTAINER_PATH = '/_machine/credentials'

/**
 * The credentials of the machine's own role, as a container gets them and as an instance does (IMDSv2, for
 * AWS_EC2_METADATA_SERVICE_ENDPOINT): a session that ends like any other, and a new one for whoever asks.
 * @returns undefined for what is none of its addresses
 */
export function askMachine(cloud: Cloud, { method, path, token }: MachineRequest): MachineAnswer | undefined {
  if (path === CONTAINER_PATH) return session(cloud)
  if (!path.startsWith('/latest/')) return undefined
  if (method === 'PUT' && path === '/latest/api/token') return { status: 200, body: TOKEN }
  if (token !== TOKEN) return { status: 401, body: '' }
  if (path === ROLES) return { status: 200, body: ROLE }
  return path === ROLES + ROLE ? session(cloud) : { status: 404, body: '' }
}

function session({ principals, machine, requests }: Cloud): MachineAnswer {
  requests.operations.MachineCredentials = (requests.operations.MachineCredentials ?? 0) + 1
  const { credentials, expiresAt } = principals.openSession(machine.roleArn, 'machine', machine.sessionSeconds)
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = credentials
  const Expiration = new Date(expiresAt).toISOString()
  return { status: 200, body: JSON.stringify({ Code: 'Success', AccessKeyId, SecretAccessKey, Token, Expiration }) }
}
