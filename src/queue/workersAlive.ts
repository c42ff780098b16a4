import type { Redis } from 'ioredis'
import { withinTimeout } from '../withinTimeout.ts'
import { countConsumers } from './consumers.ts'
import { TASK_QUEUES } from './queues.ts'

const REDIS_TIMEOUT_MS = 1_000

/** How many workers share the quotas, for when Redis, where they are seen, is away. */
export interface WorkersAlive {
  /** As many as were seen last. */
  count(): number
  /** Looks again. Never fails: while Redis can't be asked, what was seen last holds. */
  refresh(): Promise<void>
}

/**
 * @param redis a connection that fails at once while Redis is away
 * @param assumed how many count before any have been seen
 */
export function watchWorkersAlive(redis: Redis, assumed: number): WorkersAlive {
  let seen = assumed
  return {
    count: () => seen,
    async refresh() {
      // BullMQ would wait for a connection that may never come
      if (redis.status !== 'ready') return
      // plans are short: a worker always has a consumer that waits for one
      const looked = withinTimeout(REDIS_TIMEOUT_MS, countConsumers(redis, TASK_QUEUES.plan))
      const [workers] = await Promise.allSettled([looked])
      // a Redis that lists no clients (GCP's) has none of them
      if (workers.status === 'fulfilled' && workers.value > 0) seen = workers.value
    },
  }
}
