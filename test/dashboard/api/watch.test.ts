import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../../src/access/caller.ts'
import { createToken, revokeToken, type Token } from '../../../src/access/token.ts'
import { endRun } from '../../../src/run/end.ts'
import { moveRun } from '../../../src/run/move.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { testRedisUrl } from '../../support/redis.ts'
import { aRun } from '../../support/runs.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { listen } from './listener.ts'
import { programWith } from './visitor.ts'

let database: TestDatabase
let redisUrl: string
let dashboard: Awaited<ReturnType<typeof openDashboard>>
let token: Token & { readonly secret: string }
let run: number

beforeAll(async () => {
  database = await createTestDatabase()
  redisUrl = await testRedisUrl()
  dashboard = await openDashboard({ databaseUrl: database.url, redisUrl })
  return dashboard.close
})

const PANEL = { ...EVERYTHING_GRANTED, name: 'panel', createdBy: 'ana', expiresAt: null }
let made = 0

beforeEach(async () => {
  token = await createToken(database.db, PANEL)
  run = await aRun(database.db, { id: await seedDataflow(database.db, { name: `Pool${++made}` }) }, 'queued')
})

const follow = (lastEventId?: string) => listen(dashboard.url, token.secret, `/runs/${run}/events`, lastEventId)
const cancel = () => endRun(database.db, run, { to: 'cancelled', cause: 'cancelled', description: 'Cancelled by ana.' })

test('a program follows a run by its events to the end', async () => {
  const listener = await follow()
  expect(listener.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(listener.headers.get('cache-control')).toBe('no-store')
  expect(listener.headers.get('x-accel-buffering')).toBe('no')
  expect(await listener.next()).toMatchObject({
    event: 'progress',
    data: { run: { run, state: 'queued' }, progress: { tables: [] } },
  })
  await moveRun(database.db, run, 'planning', { startedAt: new Date() })
  expect(await listener.next()).toMatchObject({ event: 'progress', data: { run: { state: 'planning' } } })
  await cancel()
  expect(await listener.next()).toMatchObject({
    event: 'ended',
    data: { run: { state: 'cancelled', description: 'Cancelled by ana.' } },
  })
  expect(await listener.next()).toBeUndefined()
})

test('whoever comes back is not told again what they saw, and misses nothing that came meanwhile', async () => {
  const listener = await follow()
  const seen = await listener.next()
  listener.leave()
  const back = await follow(seen?.id)
  await moveRun(database.db, run, 'planning', { startedAt: new Date() })
  expect(await back.next()).toMatchObject({ event: 'progress', data: { run: { state: 'planning' } } })
  back.leave()
  await cancel()
  const late = await follow(seen?.id)
  await vi.waitFor(async () => expect(await late.next()).toMatchObject({ event: 'ended' }))
})

test('a run that is not there, or not theirs, is a problem and no stream', async () => {
  const limited = await createToken(database.db, { ...PANEL, dataflows: [999] })
  const answer = await programWith(dashboard.url, limited.secret)('GET', `/runs/${run}/events`)
  expect(answer).toMatchObject({ status: 404, body: { cause: 'not-found', detail: `There is no run ${run}.` } })
})

test('one caller reads twenty streams at the same time, and one more once another is closed', async () => {
  const listeners = await Promise.all(Array.from({ length: 20 }, () => follow()))
  expect(listeners.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const refused = await programWith(dashboard.url, token.secret)('GET', `/runs/${run}/events`)
  expect(refused).toMatchObject({ status: 429, body: { cause: 'too-many-requests' } })
  listeners[0]?.leave()
  await vi.waitFor(async () => {
    const again = await follow()
    onTestFinished(again.leave)
    expect(again.status).toBe(200)
  })
  for (const { leave } of listeners) leave()
})

test('a stream shows that it is alive, and ends once its token is revoked', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const listener = await follow()
  await listener.next()
  const next = listener.next()
  vi.advanceTimersByTime(15_000)
  await vi.waitFor(() => expect(listener.comments).toHaveLength(1))
  await revokeToken(database.db, token.id)
  vi.advanceTimersByTime(15_000)
  expect(await next).toBeUndefined()
})

test('a server that is told to stop ends its streams', async () => {
  const stopping = await openDashboard({ databaseUrl: database.url, redisUrl })
  const listener = await listen(stopping.url, token.secret, `/runs/${run}/events`)
  expect(await listener.next()).toMatchObject({ event: 'progress' })
  const next = listener.next()
  await stopping.close()
  expect(await next).toBeUndefined()
})
