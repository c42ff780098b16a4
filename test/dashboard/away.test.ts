import { expect, test, vi } from 'vitest'
import { freePort } from '../../src/embedded/freePort.ts'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openSilentServer } from '../support/silentServer.ts'
import { programOf } from './api/visitor.ts'
import { seedDataflow } from './seeds.ts'
import { openDashboard, openDashboardForTest, signedIn, stranger } from './visitor.ts'

/** Nobody listens on it: it was free a moment ago. */
const openNowhere = async () => `127.0.0.1:${await freePort()}`

test.each([
  ['away', openNowhere],
  ['frozen', openSilentServer],
])('with Redis %s from the start, everything but the queues works, and they say so at once', async (_how, open) => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const url = await openDashboardForTest({ databaseUrl, redisUrl: `redis://${await open()}` })
  const visit = await signedIn(url, db)
  expect(await (await visit('/')).text()).toContain('Redis is not answering')
  expect((await visit('/runs')).status).toBe(200)
  await seedDataflow(db, { name: 'CustomerPool' })
  const requested = await (await programOf(url, db))('POST', '/dataflows/CustomerPool/runs')
  expect(requested).toMatchObject({ status: 202, body: { state: 'queued', waiting: 'waiting for the queue' } })
  expect(await (await visit(`/runs/${requested.body.run}`)).text()).toContain('It waits for the queue: a scheduler')
  const started = performance.now()
  const queues = await visit('/queues')
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(queues.status).toBe(503)
  expect(await queues.text()).toContain('Nothing is lost')
  const framed = await (await visit('/queues', { headers: { 'sec-fetch-dest': 'document' } })).text()
  expect(framed).toMatch(/aria-label="Main".+Nothing is lost.+data-retry/s)
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
  const databaseUrl = `postgres://nobody@${await openNowhere()}/none`
  const url = await openDashboardForTest({ databaseUrl })
  const visit = stranger(url)
  expect((await visit('/healthz')).status).toBe(200)
  const ready = await visit('/readyz')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ postgres: 'not answering' })
  const page = await visit('/', { headers: { cookie: 'poolkeeper=somebody' } })
  expect(page.status).toBe(503)
  expect(await page.text()).toMatch(/Postgres is not answering.+data-retry.+<a href="\/">Try it now/s)
  const sent = await visit('/runs/1/cancel', { method: 'POST', headers: { cookie: 'poolkeeper=somebody' } })
  expect(await sent.text()).toContain('What you sent may not have been done')
})

test('half-open connections to Postgres hold a page up for a few seconds, and it says what is the matter', async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const way = await openProxy(databaseUrl)
  const visit = await signedIn(await openDashboardForTest({ databaseUrl: way.url }), db)
  expect((await visit('/')).status).toBe(200)
  way.blackhole()
  const started = performance.now()
  const page = await visit('/')
  expect(performance.now() - started).toBeLessThan(9_000)
  expect(page.status).toBe(503)
  expect(await page.text()).toContain('Postgres is not answering')
  expect((await visit('/')).status).toBe(200)
})

test('closing takes no time while Redis is away', async () => {
  const { url: databaseUrl } = await createTestDatabase()
  const { close } = await openDashboard({ databaseUrl, redisUrl: `redis://${await openNowhere()}` })
  const started = performance.now()
  await close()
  expect(performance.now() - started).toBeLessThan(2_000)
})
