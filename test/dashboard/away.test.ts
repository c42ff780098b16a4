import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openDashboard, openDashboardForTest, signedIn, stranger } from './visitor.ts'

/** Nobody listens on it: it was free a moment ago. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** A server that takes connections and never says a word, as one that was frozen does. */
async function mutePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}

test.each([
  ['away', deadPort],
  ['frozen', mutePort],
])('with Redis %s from the start, everything but the queues works, and they say so at once', async (_how, port) => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const url = await openDashboardForTest({ databaseUrl, redisUrl: `redis://127.0.0.1:${await port()}` })
  const visit = await signedIn(url, db)
  expect(await (await visit('/')).text()).toContain('Redis is not answering')
  expect((await visit('/runs')).status).toBe(200)
  const started = performance.now()
  const queues = await visit('/queues')
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(queues.status).toBe(503)
  expect(await queues.text()).toContain('Nothing is lost')
  const ready = await visit('/readyz')
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({ postgres: 'ok', redis: 'not answering' })
})

test('the queues open once Redis comes, close when it goes, and open again', async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const proxy = await openProxy(await testRedisUrl())
  proxy.cut()
  const visit = await signedIn(await openDashboardForTest({ databaseUrl, redisUrl: proxy.url }), db)
  const answers = async () => (await visit('/queues/api/queues')).status
  expect(await answers()).toBe(503)
  await proxy.mend()
  await vi.waitFor(async () => expect(await answers()).toBe(200), 10_000)
  expect(await (await visit('/')).text()).toContain('Redis and Postgres well')
  proxy.cut()
  await vi.waitFor(async () => expect(await answers()).toBe(503), 10_000)
  await proxy.mend()
  await vi.waitFor(async () => expect(await answers()).toBe(200), 10_000)
})

test('with Postgres away it lives, is not ready, and says so', async () => {
  const databaseUrl = `postgres://nobody@127.0.0.1:${await deadPort()}/none`
  const url = await openDashboardForTest({ databaseUrl, redisUrl: await testRedisUrl() })
  const visit = stranger(url)
  expect((await visit('/healthz')).status).toBe(200)
  const ready = await visit('/readyz')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ postgres: 'not answering' })
  const page = await visit('/', { headers: { cookie: 'poolkeeper=somebody' } })
  expect(page.status).toBe(503)
  expect(await page.text()).toContain('Postgres is not answering')
})

test('closing takes no time while Redis is away', async () => {
  const { url: databaseUrl } = await createTestDatabase()
  const { close } = await openDashboard({ databaseUrl, redisUrl: `redis://127.0.0.1:${await deadPort()}` })
  const started = performance.now()
  await close()
  expect(performance.now() - started).toBeLessThan(2_000)
})
