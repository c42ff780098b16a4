import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from '../logger.ts'

const LOOK_EVERY_MS = 250

/**
 * Closes consumers: they take no new job, and the jobs under way are waited for; but only as long as Redis is there.
 * BullMQ's close waits for a Redis that may never come back (a worker whose `npm start` was killed lived on for its
 * whole deadline, 9 s). What is left undone then is taken up by others.
 * @param redis the connection that the consumers were opened on
 */
export async function closeConsumers(workers: readonly Worker[], redis: Redis, logger: Logger): Promise<void> {
  const closing = Promise.all(workers.map((worker) => worker.close()))
    .catch((error) => logger.debug({ err: error }, 'a queue did not close in good order'))
    .then(() => 'closed')
  while ((await Promise.race([closing, pause(LOOK_EVERY_MS, 'closing')])) === 'closing') {
    if (redis.status !== 'ready') return logger.warn('Redis is away: its queues are left as they are')
  }
}
