import type { Redis } from 'ioredis'
import { countFleet, type Fleet } from '../src/queue/fleet.ts'
import { withinTimeout } from '../src/withinTimeout.ts'

/** Who does the work, for every page to say. */
export interface FleetWatch {
  /** Who was seen last; undefined while Redis can't be asked. Nobody waits for it. */
  seen(): Fleet | undefined
}

/** However many pages are looked at, Redis is asked no more often. */
const FRESH_MS = 5_000

const PATIENCE_MS = 1_000

/** @param redis a connection that fails at once while Redis is away */
export function watchFleet(redis: Redis): FleetWatch {
  let seen: Fleet | undefined
  let askedAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<void> {
    askedAt = performance.now()
    try {
      seen = await withinTimeout(PATIENCE_MS, countFleet(redis))
    } catch {
      // whoever looks is told that Redis is away by its connection
      seen = undefined
    }
  }

  // the first page that is asked for has it already
  redis.once('ready', look)
  return {
    seen() {
      // BullMQ would wait for a connection that may never come
      if (redis.status !== 'ready') return undefined
      if (performance.now() - askedAt > FRESH_MS) void look()
      return seen
    },
  }
}
