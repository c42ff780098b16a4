import { GiveUpError, type PoolkeeperError, WaitError } from '../errors.ts'

/** What was asked of AWS when it went wrong. `AssumeRole` is asked of STS, everything else of Cognito. */
export interface RequestContext {
  readonly operation: string
  readonly poolId: string
  readonly region: string
}

/** What the SDK's errors have in common: its own and Node's. */
export interface SdkError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly hostname?: string
  readonly cause?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** What a request named within the pool (a group, a client, a user) does not exist (any more). */
export class GoneError extends GiveUpError {}

/** The pool does not keep what was asked for, because a feature of it is off. */
export class FeatureOffError extends GiveUpError {}

// Each function below is one cause, in words for the person who has to mend it: what happened, where, what to do.

const serviceOf = ({ operation }: RequestContext) => (operation === 'AssumeRole' ? 'AWS STS' : 'Cognito')

export function throttled(context: RequestContext): PoolkeeperError {
  return new WaitError(
    'throttled',
    `${serviceOf(context)} in Region ${context.region} answered that requests come too fast (${context.operation}).`,
    'Runs slow down and go on by themselves. If it lasts, something else in this AWS account uses up the quota.',
  )
}

export function unavailable(context: RequestContext): PoolkeeperError {
  return new WaitError(
    'cognito-unavailable',
    `${serviceOf(context)} in Region ${context.region} answered ${context.operation} with an error of its own.`,
    'Runs wait and go on when it is back. If it lasts, look at the AWS Health Dashboard.',
  )
}

export function unreachable(context: RequestContext, { hostname }: SdkError, code = 'timeout'): PoolkeeperError {
  const host = hostname ? `${hostname} ` : ''
  const what = `${serviceOf(context)} in Region ${context.region} could not be reached (${host}${code}).`
  return new WaitError(
    'network',
    what,
    code === 'ENOTFOUND'
      ? `If the Region is misspelt, correct it: "${context.region}". Otherwise check this machine's DNS and network; runs wait and go on when it is back.`
      : "Check this machine's network and proxy; runs wait and go on when it is back.",
  )
}

export function untrusted(context: RequestContext, code: string): PoolkeeperError {
  return new GiveUpError(
    'network',
    `The certificate shown for ${serviceOf(context)} in Region ${context.region} is not trusted (${code}).`,
    'If a proxy inspects the traffic here, give Node its certificate (NODE_EXTRA_CA_CERTS).',
  )
}

export function intercepted(context: RequestContext, status: number): PoolkeeperError {
  return new GiveUpError(
    'network',
    `Something between here and ${serviceOf(context)} in Region ${context.region} answered in its place with a web page (HTTP ${status}).`,
    'Let the proxy or firewall pass requests to AWS through.',
  )
}

/** What an operation names within the pool besides the pool itself. */
const NAMED_WITHIN: Readonly<Record<string, string>> = {
  ListUsersInGroup: 'A group',
  DescribeUserPoolClient: 'A client',
  DescribeIdentityProvider: 'An identity provider',
}

/** "User pool us-east-1_x does not exist."; but not "User pool client 4x does not exist." */
const THE_POOL_ITSELF = /^user ?pool (?!client\b)/i

/** Cognito answers by the same name for the pool and for what is in it; only the message tells which. */
export function notFound({ operation, poolId, region }: RequestContext, { message }: SdkError): PoolkeeperError {
  const what = NAMED_WITHIN[operation]
  if (what && !THE_POOL_ITSELF.test(message)) {
    return new GoneError('not-found', `${what} of user pool ${poolId} does not exist (any more).`)
  }
  return new GiveUpError(
    'pool-not-found',
    `User pool ${poolId} does not exist in Region ${region}.`,
    'Check both the pool id and the Region: with a wrong Region AWS gives this same answer.',
  )
}

/** For users Cognito has a name of its own. */
export function userNotFound({ poolId }: RequestContext): PoolkeeperError {
  return new GoneError('not-found', `A user of user pool ${poolId} does not exist (any more).`)
}

/** Threat protection for sign-in events, remembered devices: whoever reads such a table knows which. */
export function featureOff({ operation, poolId }: RequestContext): PoolkeeperError {
  return new FeatureOffError(
    'request-refused',
    `User pool ${poolId} keeps nothing that ${operation} could answer: the feature of the pool that it takes is off.`,
  )
}

export function unknownKey(context: RequestContext): PoolkeeperError {
  return new GiveUpError(
    'unknown-access-key',
    `AWS does not know ${keyOf(context)} in Region ${context.region}.`,
    'Check that the access key id is right, active and of this account, and that the account has the Region enabled.',
  )
}

export function wrongSecret(context: RequestContext): PoolkeeperError {
  return new GiveUpError(
    'wrong-secret',
    `The secret does not belong to ${keyOf(context)}.`,
    "Enter the secret access key again. If it is right, check this machine's clock: AWS refuses signatures that are minutes off.",
  )
}

export function sessionExpired(context: RequestContext): PoolkeeperError {
  return new GiveUpError(
    'session-expired',
    `The session of ${keyOf(context)} has expired.`,
    'Temporary credentials run out within hours: use a role or a lasting access key for imports that come back every night.',
  )
}

/** A role is assumed with the machine's own credentials; everything else is signed with the dataflow's. */
const keyOf = ({ operation, poolId }: RequestContext) =>
  operation === 'AssumeRole'
    ? "the access key of this server's own AWS credentials"
    : `the access key for user pool ${poolId}`

export function denied({ operation, poolId, region }: RequestContext): PoolkeeperError {
  if (operation === 'AssumeRole') {
    return new GiveUpError(
      'role-refused',
      `AWS does not let Poolkeeper assume the role for user pool ${poolId}.`,
      "Check the role's ARN, and that its trust policy names Poolkeeper's own identity and this dataflow's external id.",
    )
  }
  return new GiveUpError(
    'permission-missing',
    `The credentials for user pool ${poolId} in Region ${region} lack the permission cognito-idp:${operation}.`,
    `Allow cognito-idp:${operation} on this user pool in the policy of the user or role. If the policy does, check the pool id and the Region.`,
  )
}

export function noCredentials({ poolId }: RequestContext): PoolkeeperError {
  return new GiveUpError(
    'no-credentials',
    `This machine has no AWS credentials of its own to open user pool ${poolId} with.`,
    'Give it some (environment variables, a profile, a role of the instance or task), or give the dataflow an access key.',
  )
}

export function refused(context: RequestContext): PoolkeeperError {
  return new GiveUpError(
    'request-refused',
    `${serviceOf(context)} refused ${context.operation} for user pool ${context.poolId} in Region ${context.region} as it was asked.`,
    context.operation === 'AssumeRole'
      ? "Check the role's ARN, and that the account has the Region enabled for STS."
      : 'Check the pool id. If it is right, report this to the makers of Poolkeeper.',
  )
}

export function unknown(context: RequestContext, { name }: SdkError): PoolkeeperError {
  return new GiveUpError(
    'internal',
    `${context.operation} for user pool ${context.poolId} in Region ${context.region} ended in an error that Poolkeeper does not know: ${name}.`,
    'Retry the run; if it happens again, report it to the makers of Poolkeeper.',
  )
}
