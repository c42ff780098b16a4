import { PoolkeeperError, WaitError } from '../errors.ts'
import * as cause from './causes.ts'

/** Whether this is the answer that what was named in the pool does not exist, as told apart from a pool that doesn't. */
export const isGone = (error: unknown): boolean => error instanceof cause.GoneError

/**
 * The answer, or undefined where what was named in the pool does not exist (any more).
 * @throws what else the request is refused with
 */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Whether this is the answer that the pool does not keep such data, because a feature of it is off. */
export const isFeatureOff = (error: unknown): boolean => error instanceof cause.FeatureOffError

/** Whether a request was never sent, because its turn at the quota would have come too late for whoever asked. */
export const isQuotaBusy = (error: unknown): boolean => error instanceof WaitError && error.code === 'quota-busy'

/** Whether AWS takes the credentials for expired. Of a role's own it has been classified by then, and is none. */
export const isSessionOver = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ExpiredTokenException' || error.name === 'ExpiredToken')

const THROTTLING = new Set(['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException', 'Throttling'])

/** Whether AWS turned a request away for coming too fast. It says so with HTTP 400: the name decides. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && (THROTTLING.has(error.name) || httpStatus(error) === 429)
}

type Explain = (context: cause.RequestContext, error: cause.SdkError) => PoolkeeperError

/** AWS's name of an error → the cause. STS, which takes roles, has names of its own for the same things. */
const BY_NAME: Readonly<Record<string, Explain>> = {
  ResourceNotFoundException: cause.notFound,
  UserNotFoundException: cause.userNotFound,
  UnrecognizedClientException: cause.unknownKey,
  InvalidClientTokenId: cause.unknownKey,
  InvalidSignatureException: cause.wrongSecret,
  SignatureDoesNotMatch: cause.wrongSecret,
  ExpiredTokenException: cause.sessionExpired,
  ExpiredToken: cause.sessionExpired,
  AccessDeniedException: cause.denied,
  AccessDenied: cause.denied,
  CredentialsProviderError: cause.noCredentials,
  InvalidParameterException: cause.refused,
  NotAuthorizedException: cause.refused,
  OperationNotEnabledException: cause.refused,
  UserPoolAddOnNotEnabledException: cause.featureOff,
  InvalidUserPoolConfigurationException: cause.featureOff,
  ValidationError: cause.refused,
  RegionDisabledException: cause.refused,
  InternalErrorException: cause.unavailable,
}

/** Node's codes for a request that never reached AWS or an answer that never came back. */
const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

const CERTIFICATE = /CERT|UNABLE_TO_|ERR_TLS/

/**
 * Turns what the SDK threw into an error that carries its cause and the decision: WaitError for what passes by itself,
 * GiveUpError for what somebody has to mend. AWS's own message is never passed on: it may hold ARNs and parameters.
 * Source: AWS's "Common errors" and the service model; what the SDK makes of HTML pages and sockets was measured.
 */
export function classify(error: unknown, context: cause.RequestContext): PoolkeeperError {
  if (error instanceof PoolkeeperError) return error
  if (!(error instanceof Error)) return cause.unknown(context, { name: typeof error, message: '' })
  if (isThrottling(error)) return cause.throttled(context)
  const explain = Object.hasOwn(BY_NAME, error.name) ? BY_NAME[error.name] : undefined
  if (explain) return explain(context, error)
  const code = systemCode(error)
  if (code && CERTIFICATE.test(code)) return cause.untrusted(context, code)
  if (error.name === 'TimeoutError' || (code && NETWORK.has(code))) return cause.unreachable(context, error, code)
  const status = httpStatus(error)
  if (status !== undefined && status >= 500) return cause.unavailable(context)
  // A body that is no JSON comes from something in between: a proxy, a firewall, a captive portal.
  if (error.name === 'SyntaxError' && status !== undefined) return cause.intercepted(context, status)
  return cause.unknown(context, error)
}

/** The system's code of an error or of what caused it; the SDK wraps some. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && typeof error.code === 'string' ? error.code : systemCode(error.cause)
}

function httpStatus(error: cause.SdkError): number | undefined {
  return error.$metadata?.httpStatusCode
}
