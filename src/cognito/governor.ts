import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { WaitError } from '../errors.ts'
import { withinTimeout } from '../withinTimeout.ts'
import { type Limit, LocalSlots } from './localSlots.ts'
import { type Answer, type Asking, QuotaLine } from './quotaLine.ts'
import { type Ceiling, type CeilingOf, documentedAt, QUOTA_SHARE, type Quota, quotaOf } from './quotas.ts'

/** Among whom a quota is shared out, in turns: a run. */
export interface Sharer {
  /** The same in all workers: the run's id. */
  readonly name: string
  /** How many requests it gets for one of a sharer whose weight is 1. */
  readonly weight: number
}

/** How a request waits for its turn among those of its own sharer. */
export interface Waiting {
  /** How far its stream is through what it reads, 0 to 1: who is least far goes first, so that all end together. */
  readonly progress?: number
  /** Who could not go out before this moment (ms since 1970) gives up waiting, and its place in the worker with it. */
  readonly until?: number
}

/** One request that wants to go out. */
export interface Slot extends Quota {
  readonly operation: string
  readonly poolId: string
  readonly sharer?: Sharer | undefined
  readonly waiting?: Waiting
}

/** Hands out the slots of the quotas that the whole fleet shares. */
export interface Governor {
  /**
   * Resolves when this request may go out.
   * @returns how long it had to wait, in ms.
   * @throws WaitError 'quota-busy' when its turn would not come before `waiting.until`; the signal's reason once aborted.
   */
  take(slot: Slot, signal?: AbortSignal): Promise<number>
  /** Cognito has throttled a request that had this slot: the whole fleet slows down. Never fails. */
  slowDown(slot: Slot): void
}

export interface GovernorOptions {
  /** What may be used now; asked at every request. Default: what AWS documents, and a tenth left to others. */
  readonly ceilingOf?: CeilingOf
  /** How many workers were last seen alive: each keeps to its part of the quota while Redis is away. */
  readonly workersAlive?: () => number
  /** Told when slots begin to come from this process alone, and why. */
  readonly onAway?: (error: unknown) => void
}

/** Redis answers within a millisecond, and on a machine that is overrun within 300 (measured); one that takes this long is as good as away. */
const REDIS_TIMEOUT_MS = 500

/** How long to do without Redis before one request asks it again. */
const AWAY_MS = 1_000

/** Before anybody was counted, a process assumes that this many share the quota. */
export const ASSUMED_WORKERS = 4

/** Requests of nobody in particular, such as a connection test's. */
const NOBODY: Sharer = { name: 'none', weight: 1 }

const FOR_EVER = Number.MAX_SAFE_INTEGER

/**
 * The quota governor. Its memory is in Redis, so that all workers draw on one quota (`quotaLine.ts`); keys hold no secret
 * and expire by themselves. While Redis is away, or without one, each process keeps to a safe slice of the quota.
 */
export function createGovernor(redis: Redis | undefined, options: GovernorOptions = {}): Governor {
  const { ceilingOf = documentedAt(QUOTA_SHARE), workersAlive = () => ASSUMED_WORKERS, onAway } = options
  const shared = redis && new QuotaLine(redis)
  const alone = new LocalSlots()
  let awayUntil = 0

  /** What Redis answers; undefined while it is away. */
  async function orAway<T>(ask: (line: QuotaLine) => Promise<T>): Promise<T | undefined> {
    if (!shared || performance.now() < awayUntil) return undefined
    // while one finds out, the others don't wait as well
    if (awayUntil > 0) awayUntil = performance.now() + AWAY_MS
    try {
      const answer = await withinTimeout(REDIS_TIMEOUT_MS, ask(shared))
      awayUntil = 0
      return answer
    } catch (error) {
      if (awayUntil === 0) onAway?.(error)
      awayUntil = performance.now() + AWAY_MS
      return undefined
    }
  }

  function askAlone({ limit: { key, allowed }, id, patienceMs }: Asking): Answer {
    const ms = alone.reserve({ key, allowed: allowed / workersAlive() }, patienceMs)
    return ms === null ? { verdict: 'busy', id, ms: patienceMs } : { verdict: 'go', id, ms }
  }

  async function queueFor(limit: Limit, slot: Slot, signal?: AbortSignal): Promise<void> {
    const { sharer = NOBODY, waiting: { progress = 0, until = FOR_EVER } = {} } = slot
    const began = performance.now()
    for (let id = ''; ; ) {
      const waitedMs = Math.round(performance.now() - began)
      const asking = { limit, sharer, progress, id, waitedMs, patienceMs: Math.max(0, until - Date.now()) }
      const answer = (await orAway((line) => line.ask(asking))) ?? askAlone(asking)
      if (answer.verdict === 'busy') throw busy(slot, answer.ms)
      id = answer.id
      try {
        await sleep(answer.ms, signal)
      } catch (error) {
        if (answer.verdict === 'later') void orAway((line) => line.leave({ limit, sharer, id }))
        throw error
      }
      if (answer.verdict === 'go') return
    }
  }

  return {
    async take(slot, signal) {
      signal?.throwIfAborted()
      const began = performance.now()
      for (const limit of limitsOf(slot, ceilingOf(slot))) await queueFor(limit, slot, signal)
      return performance.now() - began
    },
    slowDown(slot) {
      for (const limit of limitsOf(slot, ceilingOf(slot))) void orAway((line) => line.slowDown(limit))
    },
  }
}

/** The limits that a request falls under: for some its operation's on the pool, then its category's in the account. */
function limitsOf(slot: Slot, { rate, share }: Ceiling): Limit[] {
  const { operation, poolId } = slot
  const { perPool } = quotaOf(operation)
  const ofCategory = { key: quotaKey(slot), allowed: rate * share }
  if (!perPool) return [ofCategory]
  return [{ key: `${ofCategory.key}:${poolId}:${operation}`, allowed: perPool * share }, ofCategory]
}

/** The braces keep all keys of an account and Region on one node of a Redis cluster. */
export function quotaKey({ account, region, category }: Quota): string {
  return `poolkeeper:quota:{${account}:${region}}:${category}`
}

function busy({ category, account, region }: Slot, waitMs: number): WaitError {
  return new WaitError(
    'quota-busy',
    `The quota ${category} of account ${account} in ${region} is in use: this request's turn would come in ${Math.ceil(waitMs / 1000)} s.`,
    'Nothing to do: it goes on as soon as its turn comes; `poolkeeper quota` shows who uses it.',
  )
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return
  try {
    await pause(ms, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
