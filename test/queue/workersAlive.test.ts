import { Worker } from 'bullmq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TASK_QUEUES } from '../../src/queue/queues.ts'
import { type WorkersAlive, watchWorkersAlive } from '../../src/queue/workersAlive.ts'
import { openProxy } from '../support/proxy.ts'
import { testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'

test('as many workers are alive as wait for plans; before any were seen, as many as are assumed', async () => {
  const url = await testRedisUrl()
  const workers = watchWorkersAlive(await connected(url), 4)
  expect(workers.count()).toBe(4)
  await workers.refresh()
  expect(workers.count()).toBe(4)

  const [, second] = [await startConsumer(url), await startConsumer(url)]
  await seen(workers, 2)
  await second.close()
  await seen(workers, 1)
})

test('while Redis says nothing or is away, as many as were seen last', async () => {
  const url = await testRedisUrl()
  const proxy = await openProxy(url)
  const redis = await connected(proxy.url)
  const workers = watchWorkersAlive(redis, 4)
  await startConsumer(url)
  await seen(workers, 1)
  await startConsumer(url)
  await seen(watchWorkersAlive(await connected(url), 4), 2)

  proxy.blackhole()
  await workers.refresh()
  expect(workers.count()).toBe(1)
  proxy.cut()
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'))
  await workers.refresh()
  expect(workers.count()).toBe(1)
  await proxy.mend()
  await seen(workers, 2)
})

test('looking again and again leaves nothing behind on the connection', async () => {
  const redis = await connected(await testRedisUrl())
  const workers = watchWorkersAlive(redis, 4)
  await workers.refresh()
  const listeners = redis.listenerCount('error')
  for (let n = 0; n < 5; n++) await workers.refresh()
  expect(redis.listenerCount('error')).toBe(listeners)
})

async function seen(workers: WorkersAlive, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      await workers.refresh()
      expect(workers.count()).toBe(count)
    },
    { timeout: 10_000 },
  )
}

/** What Redis sees of a worker. */
async function startConsumer(url: string): Promise<Worker> {
  const worker = new Worker(TASK_QUEUES.plan, async () => '', { connection: testRedis(url, { blocking: true }) })
  onTestFinished(() => worker.close(true))
  await worker.waitUntilReady()
  return worker
}

async function connected(url: string) {
  const redis = testRedis(url)
  await vi.waitFor(() => expect(redis.status).toBe('ready'))
  return redis
}
