import { setMaxListeners } from 'node:events'
import { GiveUpError } from '../errors.ts'
import type { PoolClient } from './client.ts'
import { isQuotaBusy, unlessGone } from './errors.ts'
import type { Listed, PageRequest, PoolUser } from './sourceTable.ts'

/**
 * Asks about each of many users, all of them at once: the quota governor paces them, so that there are under way as many
 * as the quota carries at whatever latency. Gives the answers in the users' order.
 * @throws what the first of them to fail throws, or the signal's reason; the others are stopped then.
 */
export async function askEach<User, Answer>(
  users: readonly User[],
  signal: AbortSignal,
  ask: (user: User, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer[]> {
  const { answers, failure } = await askAll(users, signal, ask)
  if (failure !== undefined) throw failure
  return answers
}

interface Asked<Answer> {
  /** Of the users before the first one without an answer. */
  readonly answers: Answer[]
  /** What failed first. */
  readonly failure: unknown
}

async function askAll<User, Answer>(
  users: readonly User[],
  signal: AbortSignal,
  ask: (user: User, signal: AbortSignal) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  // each request listens to it
  setMaxListeners(0, stop)
  let failure: unknown
  const askOne = async (user: User) => {
    try {
      return await ask(user, stop)
    } catch (error) {
      failure ??= error
      // who waits in vain for the quota says nothing about those that had their turn
      if (!isQuotaBusy(error)) failed.abort()
      throw error
    }
  }
  const outcomes = await Promise.allSettled(users.map(askOne))
  const answered = outcomes.findIndex(({ status }) => status === 'rejected')
  const leading = answered < 0 ? outcomes : outcomes.slice(0, answered)
  return { answers: leading.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])), failure }
}

/** All that a list about one user held, and how many requests it took. */
export interface UserAnswer<T> {
  readonly records: readonly T[]
  readonly requests: number
}

/**
 * Reads a list about one user to its end, which is "no token". A user who has been deleted meanwhile has nothing.
 * @throws GiveUpError 'token-loop' when the tokens run in a circle; what `list` throws.
 */
export async function wholeList<T>(
  list: (token: string | undefined) => Promise<{ readonly records: readonly T[]; readonly token: string | undefined }>,
): Promise<UserAnswer<T>> {
  const records: T[] = []
  const tokens = new Set<string>()
  for (let token: string | undefined; ; ) {
    const page = await unlessGone(list(token))
    if (!page) return { records: [], requests: tokens.size + 1 }
    records.push(...page.records)
    token = page.token || undefined
    if (token === undefined) return { records, requests: tokens.size + 1 }
    if (tokens.has(token)) throw repeatsItself()
    tokens.add(token)
  }
}

function repeatsItself(): GiveUpError {
  return new GiveUpError(
    'token-loop',
    'Cognito began to repeat itself while listing what belongs to one user.',
    'Nothing was published. Retry the run; if it happens again, report it to AWS Support with the pool and the time.',
  )
}

/** One request for a page of what belongs to one user. */
export interface UserRequest {
  readonly pool: PoolClient
  /** The user, as an operation takes them. */
  readonly named: { readonly UserPoolId: string; readonly Username: string }
  readonly token: string | undefined
  readonly signal: AbortSignal
}

/**
 * Makes the `listPage` of an opt-in table: each of the page's users is asked about, and every record carries the user's
 * `sub` and when it was read. Where some of them got no answer, those before them make a shorter page: each may be billed,
 * so that none is asked in vain.
 */
export function listUserByUser(list: (request: UserRequest) => Promise<Omit<Listed, 'requests'>>) {
  return async ({ pool, users = [], signal }: PageRequest): Promise<Listed> => {
    const { answers, failure } = await askAll(users, signal, (user, stop) =>
      wholeList((token) => list({ pool, named: nameOf(pool, user), token, signal: stop })),
    )
    if (failure !== undefined && answers.length === 0) throw failure
    const read_at = new Date()
    return {
      records: answers.flatMap(({ records }, at) =>
        records.map((record) => ({ ...(record as object), sub: users[at]?.sub, read_at })),
      ),
      token: undefined,
      answered: answers.length,
      requests: answers.reduce((sum, { requests }) => sum + requests, 0),
    }
  }
}

/** Cognito takes the sub of a user for their name as well. */
function nameOf({ poolId }: PoolClient, { sub, username }: PoolUser) {
  return { UserPoolId: poolId, Username: username ?? sub }
}
