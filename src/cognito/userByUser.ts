import { setMaxListeners } from 'node:events'
import { GiveUpError } from '../errors.ts'
import type { PoolClient } from './client.ts'
import { unlessGone } from './errors.ts'
import type { Listed, PageRequest, PoolUser } from './sourceTable.ts'

/**
 * Requests under way at once: at 180 ms an answer 20 make the 108 a second that the widest of the quotas lets a fleet
 * take. 10 made 41 of the 45 a second of the others at 150 ms (measured).
 */
const AT_ONCE = 20

/**
 * Asks about each of many users, several at a time, and gives the answers in their order.
 * @throws what the first of them to fail throws, or the signal's reason; the others are stopped then.
 */
export async function askEach<User, Answer>(
  users: readonly User[],
  signal: AbortSignal,
  ask: (user: User, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer[]> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  // each request listens to it
  setMaxListeners(0, stop)
  const answers: Answer[] = []
  const left = users.entries()
  const askOn = async () => {
    for (const [at, user] of left) answers[at] = await ask(user, stop)
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, askOn))
  } finally {
    failed.abort()
  }
  return answers
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
 * `sub` and when it was read.
 */
export function listUserByUser(list: (request: UserRequest) => Promise<Omit<Listed, 'requests'>>) {
  return async ({ pool, users = [], signal }: PageRequest): Promise<Listed> => {
    const answers = await askEach(users, signal, (user, stop) =>
      wholeList((token) => list({ pool, named: nameOf(pool, user), token, signal: stop })),
    )
    const read_at = new Date()
    return {
      records: answers.flatMap(({ records }, at) =>
        records.map((record) => ({ ...(record as object), sub: users[at]?.sub, read_at })),
      ),
      token: undefined,
      requests: answers.reduce((sum, { requests }) => sum + requests, 0),
    }
  }
}

/** Cognito takes the sub of a user for their name as well. */
function nameOf({ poolId }: PoolClient, { sub, username }: PoolUser) {
  return { UserPoolId: poolId, Username: username ?? sub }
}
