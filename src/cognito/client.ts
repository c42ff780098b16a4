import {
  type $Command,
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-cognito-identity-provider'
import { openSession, type PoolCredentials } from './credentials.ts'
import { classify, isSessionOver, isThrottling } from './errors.ts'
import type { Governor, Sharer, Slot, Waiting } from './governor.ts'
import { quotaOf } from './quotas.ts'
import { REQUEST_HANDLER } from './requestHandler.ts'
import type { Session } from './session.ts'

/**
 * Attempts a request gets before `send` gives the work back as a WaitError. With the SDK's full jitter they take 0.4 s
 * on average against faults of the network and 7.5 s against throttling.
 */
const ATTEMPTS = 5

/** A command of the SDK's Cognito client, with what it takes and gives. */
export type Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  CognitoIdentityProviderClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>

export interface PoolOptions {
  readonly poolId: string
  readonly region: string
  readonly credentials: PoolCredentials
  /** The pool's AWS account, when an earlier `describePool` told it: requests of all its pools share one quota. */
  readonly account?: string
  /** Instead of AWS's: for tests. The SDK's AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER works without it. */
  readonly endpoint?: string
  /** Without one, requests go out as fast as they are asked for. */
  readonly governor?: Governor
  /** Among whom the quota is shared out. */
  readonly sharer?: Sharer
  /** Of a request, the first included; fewer where a person waits for the answer. */
  readonly attempts?: number
}

/** HTTP requests that reached for Cognito, retries included, how many were throttled, and their wait for the quota in ms. */
export interface Counts {
  readonly requests: number
  readonly throttled: number
  readonly waitedMs: number
}

export const NO_COUNTS: Counts = { requests: 0, throttled: 0, waitedMs: 0 }

/** The one door to a user pool. */
export interface PoolClient {
  readonly poolId: string
  readonly region: string
  /** Set by `describePool`, from the pool's ARN. */
  account: string | undefined
  /**
   * Sends a command, retrying what passes.
   * @throws PoolkeeperError with the cause, never the SDK's own error; the signal's reason once it is aborted.
   */
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: Command<Input, Output>,
    signal?: AbortSignal,
  ): Promise<Output>
  /** The counts since this was last asked. */
  takeCounts(): Counts
  /** The same client, whose requests wait for their quota as this says. */
  waiting(as: Waiting): PoolClient
  /** How far Cognito's clock was ahead of this machine's at its last answer, in ms; undefined before the first. */
  clockAheadMs(): number | undefined
  /** Closes the sockets. */
  close(): void
}

/** Opens a client for one pool. Connects to nothing yet. */
export function openPool(options: PoolOptions): PoolClient {
  const { poolId, region, governor, sharer } = options
  const session = openSession(options.credentials, options)
  const client = createClient(options, session)
  let { account } = options
  let counts = { ...NO_COUNTS }

  async function attempt<T>(request: () => Promise<T>, slot: Slot, signal?: AbortSignal): Promise<T> {
    const waitedMs = (await governor?.take(slot, signal)) ?? 0
    // in a statement of its own: what others have counted during the wait would be overwritten
    counts.waitedMs += waitedMs
    signal?.throwIfAborted()
    counts.requests++
    try {
      return await request()
    } catch (error) {
      if (isThrottling(error)) {
        counts.throttled++
        governor?.slowDown(slot)
      }
      throw error
    }
  }

  function clientThat(waiting: Waiting): PoolClient {
    return {
      poolId,
      region,
      get account() {
        return account
      },
      set account(id) {
        account = id
      },
      async send(command, signal) {
        const operation = command.constructor.name.replace(/Command$/, '')
        const { category } = quotaOf(operation)
        const slot = () => ({ region, account: account ?? poolId, category, operation, poolId, sharer, waiting })
        // Below the SDK's retry, round the bare HTTP request, so that every attempt is governed and counted.
        command.middlewareStack.add((next) => (request) => attempt(() => next(request), slot(), signal), {
          step: 'deserialize',
          priority: 'high',
          name: 'governAndCount',
          override: true,
        })
        const ask = () => atOnceWhenAborted(client.send(command, { abortSignal: signal }), signal)
        try {
          return await inSession(session, ask)
        } catch (error) {
          signal?.throwIfAborted()
          throw classify(error, { operation, poolId, region })
        }
      },
      takeCounts() {
        const taken = { ...counts, waitedMs: Math.round(counts.waitedMs) }
        counts = { ...NO_COUNTS }
        return taken
      },
      waiting: clientThat,
      clockAheadMs: () => clockAheadOf(client),
      close: () => client.destroy(),
    }
  }
  return clientThat({})
}

/** A clock that is behind, or a process that was frozen, goes on with a session that is over; then it is asked once more. */
async function inSession<T>(session: Session, ask: () => Promise<T>): Promise<T> {
  const since = performance.now()
  try {
    return await ask()
  } catch (error) {
    if (!isSessionOver(error) || !(await session.replace(since))) throw error
    return ask()
  }
}

/** The SDK aborts a request at once, but sleeps to the end between two of them: up to 8 s while it is throttled. */
async function atOnceWhenAborted<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return answer
  let abort = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** The header that the SDK takes it from has whole seconds. It signs by it as well: a clock that is off costs one request. */
function clockAheadOf({ config }: CognitoIdentityProviderClient): number | undefined {
  return config.systemClockOffset === 0 ? undefined : config.systemClockOffset + 500
}

function createClient(options: PoolOptions, session: Session): CognitoIdentityProviderClient {
  const { region, endpoint, attempts = ATTEMPTS } = options
  const client = new CognitoIdentityProviderClient({
    region,
    credentials: session.provider,
    ...(endpoint && { endpoint }),
    maxAttempts: attempts,
    retryMode: 'standard',
    requestHandler: REQUEST_HANDLER,
  })
  // It takes each page apart to hide what is sensitive from a log that nobody keeps: 3 % of a worker's CPU (measured).
  client.middlewareStack.remove('loggerMiddleware')
  return client
}
