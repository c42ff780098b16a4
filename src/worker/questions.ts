import { isFeatureOff } from '../cognito/errors.ts'
import { PAGE_SIZE } from '../cognito/pageSize.ts'
import type { Listed } from '../cognito/sourceTable.ts'
import type { RingUser } from '../snapshot/ring.ts'

/**
 * Pages under way at once: while the last answers about one come in, the other uses the quota. The 60 to 120 requests that
 * these are fill the widest of the quotas, 108 a second, at half a second an answer.
 */
const PAGES_AT_ONCE = 2

/** A page of users who are being asked about. */
export interface Question {
  readonly users: readonly RingUser[]
  /** @throws what asking throws */
  answer(): Promise<Listed | 'feature-off'>
}

export interface Asking {
  /** The next users, at most so many. */
  readonly take: (atMost: number) => Promise<readonly RingUser[]>
  /** Asks about a page of users. */
  readonly ask: (users: readonly RingUser[], signal: AbortSignal) => Promise<Listed>
  /** Requests that may be spent in all. */
  readonly budget: number
  readonly signal: AbortSignal
  /** From this moment on (ms since 1970) no page is begun. */
  readonly until: number
}

/** Pages of users who are asked about ahead of whoever takes the answers, in their order. */
export interface Questions {
  /** @param spent of the budget, by the pages that have been answered */
  next(spent: number): Promise<Question | 'nobody-left' | 'slice-over'>
  /** Stops asking: the answers of pages that nobody has taken are lost. */
  stop(): void
}

export function askAhead({ take, ask, budget, signal, until }: Asking): Questions {
  const stopped = new AbortController()
  const stop = AbortSignal.any([signal, stopped.signal])
  const begun: Question[] = []

  function begin(users: readonly RingUser[]): Question {
    // settled, because it may fail while nobody awaits it yet
    const settled = Promise.allSettled([orFeatureOff(ask(users, stop))])
    return {
      users,
      async answer() {
        const [outcome] = await settled
        if (outcome.status === 'rejected') throw outcome.reason
        return outcome.value
      },
    }
  }

  /** A user is a request at least. @returns whether there was anybody */
  async function beginNext(spent: number): Promise<boolean> {
    const underWay = begun.reduce((sum, { users }) => sum + users.length, 0)
    const atMost = Math.min(PAGE_SIZE, budget - spent - underWay)
    const users = atMost > 0 ? await take(atMost) : []
    if (users.length > 0) begun.push(begin(users))
    return users.length > 0
  }

  return {
    async next(spent) {
      let left = true
      while (left && begun.length < PAGES_AT_ONCE && Date.now() < until) left = await beginNext(spent)
      return begun.shift() ?? (left ? 'slice-over' : 'nobody-left')
    },
    stop: () => stopped.abort(),
  }
}

async function orFeatureOff<T>(answer: Promise<T>): Promise<T | 'feature-off'> {
  try {
    return await answer
  } catch (error) {
    if (isFeatureOff(error)) return 'feature-off'
    throw error
  }
}
