import type { Redis, Result } from 'ioredis'
import type { Sharer } from './governor.ts'
import type { Limit } from './localSlots.ts'
import { ASK, LEAVE, LOOK, SLOW_DOWN } from './quotaScripts.ts'

/** A request in the line for a quota. */
export interface Asking {
  readonly limit: Limit
  readonly sharer: Sharer
  /** How far its stream is through what it reads, 0 to 1. */
  readonly progress: number
  /** What the line calls it; empty when it asks for the first time. */
  readonly id: string
  readonly waitedMs: number
  /** How much longer it would wait. */
  readonly patienceMs: number
}

/** `go`: the slot is its own, so many ms from now. `later`: ask again after so many. `busy`: that is too long for it. */
export interface Answer {
  readonly verdict: 'go' | 'later' | 'busy'
  readonly id: string
  readonly ms: number
}

/** What a quota has been used for, and who waits for it. */
export interface QuotaState {
  /** Slots that were handed out, and the ms that requests waited for them in all. */
  readonly granted: number
  readonly waitedMs: number
  readonly throttled: number
  /** Since when that is counted, in ms since 1970; null when nothing was asked for within a day. */
  readonly since: number | null
  /** Requests a second that may go out now: less than allowed after Cognito has throttled. */
  readonly ceiling: number
  readonly waiting: readonly { readonly sharer: string; readonly requests: number }[]
}

type Asked = [verdict: Answer['verdict'], id: string, ms: number]
type Looked = [
  granted: number,
  waitedMs: number,
  throttled: number,
  since: number,
  ceiling: string,
  (string | number)[],
]

declare module 'ioredis' {
  // a connection has them once a QuotaLine was made on it
  interface RedisCommander<Context> {
    poolkeeperAsk(key: string, ...args: (string | number)[]): Result<Asked, Context>
    poolkeeperLeave(key: string, sharer: string, id: string): Result<null, Context>
    poolkeeperSlowDown(key: string, allowed: number): Result<null, Context>
    poolkeeperLook(key: string, allowed: number): Result<Looked, Context>
  }
}

/** The lines of requests for the quotas that the whole fleet shares, in Redis. */
export class QuotaLine {
  readonly #redis: Redis

  constructor(redis: Redis) {
    for (const [name, lua] of Object.entries({ Ask: ASK, Leave: LEAVE, SlowDown: SLOW_DOWN, Look: LOOK })) {
      redis.defineCommand(`poolkeeper${name}`, { numberOfKeys: 1, lua })
    }
    this.#redis = redis
  }

  /** Asks whether it is a request's turn. Who does not ask again in time has left the line. @throws what Redis answers. */
  async ask({ limit, sharer, progress, id, waitedMs, patienceMs }: Asking): Promise<Answer> {
    const mine = [limit.allowed, sharer.name, sharer.weight, progress, id, waitedMs, patienceMs]
    const [verdict, name, ms] = await this.#redis.poolkeeperAsk(limit.key, ...mine)
    return { verdict, id: name, ms }
  }

  /** Takes a request that no longer waits out of the line, so that nobody waits behind it. */
  async leave({ limit, sharer, id }: Pick<Asking, 'limit' | 'sharer' | 'id'>): Promise<void> {
    await this.#redis.poolkeeperLeave(limit.key, sharer.name, id)
  }

  /** Cognito has throttled: halves the ceiling for everybody, from where it is now. */
  async slowDown({ key, allowed }: Limit): Promise<void> {
    await this.#redis.poolkeeperSlowDown(key, allowed)
  }

  /** Looks at a quota without taking part. */
  async look({ key, allowed }: Limit): Promise<QuotaState> {
    const [granted, waitedMs, throttled, since, ceiling, pairs] = await this.#redis.poolkeeperLook(key, allowed)
    const waiting = pairs.flatMap((sharer, at) =>
      at % 2 === 0 ? [{ sharer: String(sharer), requests: Number(pairs[at + 1]) }] : [],
    )
    return { granted, waitedMs, throttled, since: since || null, ceiling: Number(ceiling), waiting }
  }
}
