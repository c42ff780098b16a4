import type { Redis } from 'ioredis'
import { countFleet, type Fleet } from '../src/queue/fleet.ts'
import { withinTimeout } from '../src/withinTimeout.ts'

/** Who does the work, for every page to say. */
export interface FleetWatch {
  /** Who was seen last; undefined while Redis can't be asked. Nobody waits for it. */
  seen(): Fleet | undefined
  stop(): void
}

/** However many pages are looked at, Redis is asked no more often. */
const EVERY_MS = 5_000

const PATIENCE_MS = 1_000

/** @param redis a connection that fails at once while Redis is away */
export function watchFleet(redis: Redis): FleetWatch {
  let seen: Fleet | undefined

  async function look(): Promise<void> {
    try {
      // BullMQ would wait for a connection that may never come
      seen = redis.status === 'ready' ? await withinTimeout(PATIENCE_MS, countFleet(redis)) : undefined
    } catch {
      seen = undefined
    }
  }

  redis.once('ready', look)
  const timer = setInterval(look, EVERY_MS).unref()
  return { seen: () => seen, stop: () => clearInterval(timer) }
}
