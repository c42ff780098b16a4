import { Redis } from 'ioredis'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { quotaShares } from '../../src/db/schema/quotas.ts'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'
import { askForSlots, throttle } from '../support/quotaUse.ts'
import { testRedisUrl } from '../support/redis.ts'
import { seedDataflow, seedRun } from './seeds.ts'
import { openDashboardForTest, signedIn, type Visitor } from './visitor.ts'

const LISTING = { account: '123456789012', region: 'eu-west-1', category: 'UserList' } as const
const LABELS = '{account="123456789012",region="eu-west-1",category="UserList"}'

let db: Database
let databaseUrl: string
let redis: Redis
let redisUrl: string
/** A run that reads users in the account. */
let run: number

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  databaseUrl = database.url
  redisUrl = await testRedisUrl()
  redis = new Redis(redisUrl)
  onTestFinished(() => redis.disconnect())
  const dataflow = await seedDataflow(db, { name: 'CustomerPool', description: 'of Ada Lovelace, ada@example.com' })
  const pool = { accountId: LISTING.account, poolId: 'eu-west-1_q9ZkT31aB' }
  run = await seedRun(db, dataflow, { state: 'streaming', finishedAt: null, ...pool })
})

const visitor = async (to = redisUrl) => signedIn(await openDashboardForTest({ databaseUrl, redisUrl: to }), db)

async function metrics(visit: Visitor): Promise<string> {
  const response = await visit('/metrics')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; ?version=0\.0\.4/)
  return response.text()
}

/** The value of a metric; undefined where it is left out. */
function figureOf(text: string, metric: string): number | undefined {
  const line = text.split('\n').find((line) => line.startsWith(`${metric} `))
  return line === undefined ? undefined : Number(line.slice(metric.length + 1))
}

const quota = (text: string, name: string) => figureOf(text, `poolkeeper_quota_${name}${LABELS}`)

test('the metrics tell how the quotas are used, as the whole fleet has counted it', async () => {
  const visit = await visitor()
  await db.insert(quotaShares).values({ share: 0.5 })
  await askForSlots(redis, LISTING, run, 1)
  const before = await metrics(visit)
  expect(before).toContain('# TYPE poolkeeper_quota_granted_total counter')
  expect(quota(before, 'granted_total')).toBe(1)
  expect(quota(before, 'wait_seconds_total')).toBe(1.5)
  expect(quota(before, 'throttled_total')).toBe(0)
  expect(quota(before, 'allowed')).toBe(15)
  expect(quota(before, 'ceiling')).toBe(15)

  await askForSlots(redis, LISTING, run, 30)
  await throttle(redis, LISTING)
  const after = await metrics(visit)
  expect(quota(after, 'granted_total')).toBeGreaterThan(1)
  expect(quota(after, 'waiting')).toBeGreaterThan(20)
  expect(quota(after, 'throttled_total')).toBe(1)
  expect(quota(after, 'ceiling')).toBeLessThan(15)
  // another process says the same
  expect(quota(await metrics(await visitor()), 'granted_total')).toBe(quota(after, 'granted_total'))
})

test('they count the runs under way and those that are held, and nobody’s data is in them', async () => {
  for (const name of ['StaffPool', 'PartnerPool']) {
    const dataflow = await seedDataflow(db, { name })
    await seedRun(db, dataflow, { state: 'held', cause: 'guard' })
    await seedRun(db, dataflow, { state: 'failed', cause: 'internal' })
  }
  const text = await metrics(await visitor())
  const runs = (state: string) => figureOf(text, `poolkeeper_runs{state="${state}"}`)
  expect([runs('queued'), runs('streaming'), runs('held'), runs('failed')]).toEqual([0, 1, 2, undefined])
  expect(figureOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  expect(text).not.toMatch(/Pool\b|Ada|ada@|q9ZkT31aB|ana/)
})

test('while Redis is away they tell what Postgres knows, and no figure that has grown old', async () => {
  const proxy = await openProxy(redisUrl)
  const visit = await visitor(proxy.url)
  await askForSlots(redis, LISTING, run, 1)
  await vi.waitFor(async () => expect(quota(await metrics(visit), 'granted_total')).toBe(1), 10_000)
  proxy.cut()
  const text = await metrics(visit)
  expect(quota(text, 'allowed')).toBe(27)
  expect(quota(text, 'granted_total')).toBeUndefined()
  expect(quota(text, 'ceiling')).toBeUndefined()
  expect(figureOf(text, 'poolkeeper_runs{state="streaming"}')).toBe(1)
})
