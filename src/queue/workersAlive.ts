import type { Redis } from 'ioredis'
import { countConsumers } from './consumers.ts'
import { TASK_QUEUES } from './queues.ts'
import { withinTimeout } from './withinTimeout.ts'

/** Until some have been seen: a guess on the safe side for most fleets. */
const ASSUMED = 4

const REDIS_TIMEOUT_MS = 1_000

/** How many workers share the quotas, for when Redis, where they are seen, is away. */
export interface WorkersAlive {
  /** As many as were seen last; 4 before any were. */
  count(): number
  /** Looks again. Never fails: while Redis can't be asked, what was seen last holds. */
  refresh(): Promise<void>
}

/** @param redis a connection that fails at once while Redis is away */
export function watchWorkersAlive(redis: Redis): WorkersAlive {
  let seen = ASSUMED
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
