import type { Redis } from 'ioredis'
import { countConsumers } from './consumers.ts'
import { REQUEST_QUEUE, TASK_QUEUES } from './queues.ts'

/** How many processes do the work, wherever they are. */
export interface Fleet {
  readonly schedulers: number
  readonly workers: number
}

/**
 * Counts them where they are seen, in Redis. Workers by the queue of plans: these are short, so that each always waits for one.
 * @param redis a connection that is ready
 */
export async function countFleet(redis: Redis): Promise<Fleet> {
  const [schedulers, workers] = await Promise.all([
    countConsumers(redis, REQUEST_QUEUE),
    countConsumers(redis, TASK_QUEUES.plan),
  ])
  return { schedulers, workers }
}
