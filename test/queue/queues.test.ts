import { expect, onTestFinished, test, vi } from 'vitest'
import { createLogger } from '../../src/logger.ts'
import { openTaskQueues } from '../../src/queue/queues.ts'
import { openRedis } from '../../src/queue/redis.ts'
import { testRedisUrl } from '../support/redis.ts'

test('queues that are opened in the moment in which Redis is lost work once it is back', async () => {
  const redis = openRedis(await testRedisUrl(), createLogger('test', 'silent'), { blocking: false })
  onTestFinished(() => redis.disconnect())
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()))
  // its socket takes nothing any more, and nobody was told yet
  redis.disconnect(true)
  const { plan } = openTaskQueues(redis)
  await vi.waitFor(async () => expect(await plan.getJobState('none')).toBe('unknown'), {
    timeout: 10_000,
    interval: 20,
  })
})
