import { desc } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { beforeAll, expect, test, vi } from 'vitest'
import { audit } from '../../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { askForSlots } from '../../support/quotaUse.ts'
import { testRedisUrl } from '../../support/redis.ts'
import { aRun } from '../../support/runs.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

const [ACCOUNT, OTHER] = ['123456789012', '999999999999']
const LISTING = { account: ACCOUNT, region: 'eu-west-1', category: 'UserList' } as const

let database: TestDatabase
let operator: Program
let limited: Program
let run: number
let redis: Redis

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database
  const redisUrl = await testRedisUrl()
  const dashboard = await openDashboard({ databaseUrl: database.url, redisUrl })
  const [id, otherId] = [await seedDataflow(db, { name: 'CustomerPool' }), await seedDataflow(db, { name: 'Partners' })]
  run = await aRun(db, { id }, 'streaming', { accountId: ACCOUNT, poolId: 'eu-west-1_A' })
  await aRun(db, { id: otherId }, 'succeeded', { accountId: OTHER, poolId: 'eu-west-1_B' })
  operator = await programOf(dashboard.url, db, { role: 'operator' })
  limited = await programOf(dashboard.url, db, { role: 'operator', dataflows: [otherId] })
  redis = new Redis(redisUrl)
  return async () => {
    redis.disconnect()
    await dashboard.close()
  }
})

test('the quotas are told with what is set, what is used and who waits, to each of what they may see', async () => {
  await operator('PUT', '/quotas/shares', { account: ACCOUNT, share: 0.5 })
  await operator('PUT', '/quotas/shares', { share: 0.8 })
  const listing = {
    ...LISTING,
    ...{ rate: 30, share: 0.5, allowed: 15, usedNow: expect.any(Number), since: expect.any(String) },
    runs: [{ run, dataflow: 'CustomerPool', requests: expect.any(Number) }],
  }
  const all = await vi.waitFor(async () => {
    // they leave the line after a second and a half
    await askForSlots(redis, LISTING, run, 30)
    const answer = await operator('GET', '/quotas')
    expect(answer.body.quotas).toContainEqual(expect.objectContaining(listing))
    return answer
  }, 10_000)
  expect(all.body.shares).toEqual([
    { account: '*', category: '*', share: 0.8 },
    { account: ACCOUNT, category: '*', share: 0.5 },
  ])
  const some = await limited('GET', '/quotas')
  expect(JSON.stringify(some.body)).not.toMatch(new RegExp(`${ACCOUNT}|CustomerPool`))
  expect(some.body).toMatchObject({ quotas: [{ account: OTHER }, {}, {}, {}], shares: [{ account: '*', share: 0.8 }] })
})

test('a share is set and taken back, each written down', async () => {
  const share = { account: OTHER, category: 'UserList', share: 0.25 }
  expect(await operator('PUT', '/quotas/shares', share)).toMatchObject({ status: 200, body: share })
  const taken = await operator('DELETE', `/quotas/shares?account=${OTHER}&category=UserList`)
  expect(taken).toMatchObject({ status: 200, body: share })
  const entries = await database.db.select().from(audit).orderBy(desc(audit.id)).limit(2)
  expect(entries).toMatchObject([
    { action: 'unsetShare', details: share },
    { action: 'setShare', details: share },
  ])
  expect((await operator('DELETE', `/quotas/shares?account=${OTHER}&category=UserList`)).status).toBe(404)
})

test('what is wrong with a share is told at once', async () => {
  const { status, body } = await operator('PUT', '/quotas/shares', { account: '1', category: 'UserLists', share: 2 })
  expect(status).toBe(400)
  expect(body.detail).toMatch(/12 digits.*did you mean UserList\?.*at most 1/)
})

test('whoever works with some dataflows sets no share', async () => {
  expect((await limited('PUT', '/quotas/shares', { share: 0.1 })).status).toBe(403)
  expect((await limited('DELETE', '/quotas/shares')).status).toBe(403)
})
