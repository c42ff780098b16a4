import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { CATEGORY_RATES, QUOTA_SHARE, type QuotaCategory, quotaOf } from './quotas.ts'
import { type Limit, LocalSlots, reserveInRedis } from './slots.ts'

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
export interface Slot {
  readonly region: string
  /** The AWS account id, or the pool's id until the account is known. */
  readonly accountOrPool: string
  readonly category: QuotaCategory
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
  /** The share of each quota that the fleet may use; the rest is left to whatever else calls Cognito in the account. */
  readonly share?: number
  /** Told when slots begin to come from this process alone, and why. */
  readonly onAway?: (error: unknown) => void
}

/** Redis answers within a millisecond; one that takes this long is as good as away. */
const REDIS_TIMEOUT_MS = 250

/** How long to do without Redis before it is asked again: asking costs up to the timeout above. */
const AWAY_MS = 1_000

/** On its own, a process assumes that this many share the quota. */
const ASSUMED_WORKERS = 4

/**
 * The quota governor. Its memory is in Redis, one key for each account × Region × category, so that all workers draw on
 * one quota; keys hold no secret and expire by themselves. While Redis is away, or without one, each process keeps to a
 * safe slice of the quota on its own.
 */
export function createGovernor(
  redis: Redis | undefined,
  { share = QUOTA_SHARE, onAway }: GovernorOptions = {},
): Governor {
  const alone = new LocalSlots()
  let awayUntil = 0
  let away = false

  async function reserve(slot: Slot): Promise<number> {
    if (redis && Date.now() >= awayUntil) {
      try {
        const waitMs = await reserveInRedis(redis, limitsOf(slot, share), REDIS_TIMEOUT_MS)
        away = false
        return waitMs
      } catch (error) {
        if (!away) onAway?.(error)
        away = true
        awayUntil = Date.now() + AWAY_MS
      }
    }
    return alone.reserve(limitsOf(slot, share / ASSUMED_WORKERS))
  }

  return {
    async take(slot, signal) {
      signal?.throwIfAborted()
      const waitMs = await reserve(slot)
      await sleep(waitMs, signal)
      return waitMs
    },
    slowDown() {},
  }
}

/** The limits that a request falls under: its category's in the account, and for some its operation's on the pool. */
function limitsOf({ region, accountOrPool, category, operation, poolId }: Slot, share: number): Limit[] {
  // The braces keep all keys of a request on one node of a Redis cluster.
  const prefix = `poolkeeper:quota:{${accountOrPool}:${region}}`
  const limits = [{ key: `${prefix}:${category}`, intervalMs: 1000 / (CATEGORY_RATES[category] * share) }]
  const { perPool } = quotaOf(operation)
  if (perPool) limits.push({ key: `${prefix}:${poolId}:${operation}`, intervalMs: 1000 / (perPool * share) })
  return limits
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
