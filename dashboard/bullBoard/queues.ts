import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from '../../src/logger.ts'
import { NO_QUESTIONS, REQUEST_QUEUE, TASK_QUEUES, WEBHOOK_QUEUE } from '../../src/queue/queues.ts'

/**
 * Every queue of ours, for looking at. `skipMetasUpdate`: a reader leaves no mark, by default each opened queue writes
 * its options into Redis.
 */
export function openBoardQueues(redis: Redis, logger: Logger): Queue[] {
  return [...Object.values(TASK_QUEUES), REQUEST_QUEUE, WEBHOOK_QUEUE].map((name) => {
    const queue = new Queue(name, { connection: redis, skipMetasUpdate: true, ...NO_QUESTIONS })
    // The connection's own errors are logged, at a bounded rate, where it is opened; a queue repeats each of them.
    queue.on('error', (error) => logger.debug({ err: error, queue: name }, 'a queue repeats an error'))
    return queue
  })
}
