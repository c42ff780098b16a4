import { onTestFinished } from 'vitest'
import { createLogger } from '../../src/logger.ts'
import { openTaskQueues, type TaskQueues } from '../../src/queue/queues.ts'
import { openRedis } from '../../src/queue/redis.ts'

const logger = createLogger('test', 'silent')

/** A connection to Redis that ends with the test. */
export function testRedis(url: string, { blocking = false } = {}) {
  const redis = openRedis(url, logger, { blocking })
  onTestFinished(() => redis.disconnect())
  return redis
}

/** The task queues, connected; they are closed when the test ends. */
export async function testQueues(url: string): Promise<TaskQueues> {
  const queues = openTaskQueues(testRedis(url))
  await Promise.all(Object.values(queues).map((queue) => queue.waitUntilReady()))
  return queues
}
