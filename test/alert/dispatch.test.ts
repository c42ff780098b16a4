import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Attempt, findDue, settleDelivered, settleFailed } from '../../src/alert/attempts.ts'
import { pruneDeliveries, requestTest } from '../../src/alert/deliveries.ts'
import { dispatchDeliveries, reconcileDeliveries } from '../../src/alert/dispatch.ts'
import type { Database } from '../../src/db/database.ts'
import { webhooks } from '../../src/db/schema/webhooks.ts'
import { openWebhookQueue, type WebhookQueue } from '../../src/queue/queues.ts'
import { createTestDatabase } from '../support/database.ts'
import { testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

let db: Database
let queue: WebhookQueue
let redis: ReturnType<typeof testRedis>

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

beforeEach(async () => {
  await db.delete(webhooks)
  redis = testRedis(await testRedisUrl())
  queue = openWebhookQueue(redis)
  await queue.waitUntilReady()
})

/** Tests that a webhook is to be sent. */
async function due(count: number, webhook?: number): Promise<number> {
  const id = webhook ?? (await aWebhook(db)).id
  for (let n = 0; n < count; n++) await requestTest(db, id, 'ana')
  return id
}

const jobs = async () => (await queue.getJobs(['waiting'])).map(({ id, name, data }) => ({ id, name, data })).reverse()
/** As if this had passed since. */
const later = (interval: string) =>
  db.execute(`update poolkeeper.webhook_deliveries set due_at = due_at - interval '${interval}',
    dispatched_at = dispatched_at - interval '${interval}', finished_at = finished_at - interval '${interval}'`)

async function firstAttempt(): Promise<Attempt> {
  await due(1)
  await dispatchDeliveries(db, queue)
  const [delivery] = await allDeliveries(db)
  return { delivery: delivery?.id ?? 0, attempt: 1 }
}

describe('dispatching deliveries', () => {
  test('adds a job for each that is due, which holds ids alone and is named for people', async () => {
    const webhook = await due(1)
    expect(await dispatchDeliveries(db, queue)).toBe(1)
    const [{ id } = { id: 0 }] = await allDeliveries(db)
    expect(await jobs()).toEqual([
      { id: `delivery-${id}-1`, name: `webhook ${webhook} · test`, data: { v: 1, delivery: id, attempt: 1 } },
    ])
    expect(await dispatchDeliveries(db, queue)).toBe(0)
  })

  test('by several schedulers at once adds each job once', async () => {
    for (let n = 0; n < 3; n++) await due(2)
    const rounds = await Promise.all([1, 2, 3].map(() => dispatchDeliveries(db, queue)))
    expect(rounds.reduce((sum, added) => sum + added)).toBe(6)
    expect(await queue.getWaitingCount()).toBe(6)
  })

  test('leaves places to others: of one webhook four are out at one time', async () => {
    const slow = await due(9)
    await due(2)
    expect(await dispatchDeliveries(db, queue)).toBe(4 + 2)
    const [first] = await allDeliveries(db)
    await settleDelivered(db, { delivery: first?.id ?? 0, attempt: 1 }, 'HTTP 200')
    expect(await dispatchDeliveries(db, queue)).toBe(1)
    const out = (await allDeliveries(db)).filter(({ webhookId, attempts }) => webhookId === slow && attempts > 0)
    expect(out).toHaveLength(5)
  })

  test('marks nothing while Redis is away', async () => {
    await due(1)
    redis.disconnect()
    await expect(dispatchDeliveries(db, queue)).rejects.toThrow()
    expect(await allDeliveries(db)).toMatchObject([{ attempts: 0, dispatchedAt: null }])
  })
})

describe('an attempt that fails', () => {
  test('is followed by others, farther and farther apart, and given up after a day', async () => {
    const { delivery } = await firstAttempt()
    const waits: number[] = []
    for (let attempt = 1; ; attempt++) {
      const before = Date.now()
      const next = await settleFailed(db, { delivery, attempt }, 'HTTP 500')
      if (next?.state !== 'waiting') break
      waits.push((next.dueAt.getTime() - before) / 60_000)
      expect(await dispatchDeliveries(db, queue)).toBe(0)
      await later('8 hours')
      expect(await dispatchDeliveries(db, queue)).toBe(1)
    }
    expect(await allDeliveries(db)).toMatchObject([{ state: 'given-up', attempts: 10, outcome: 'HTTP 500' }])
    expect(waits).toHaveLength(9)
    for (const [n, minutes] of waits.entries()) {
      const planned = Math.min(360, 0.5 * 3 ** n)
      expect(minutes).toBeGreaterThan(planned * 0.79)
      expect(minutes).toBeLessThan(planned * 1.21)
    }
    expect(waits.reduce((sum, minutes) => sum + minutes) / 60).toBeGreaterThan(16)
    expect(await dispatchDeliveries(db, queue)).toBe(0)
  })

  test('counts no more once another has taken its place', async () => {
    const first = await firstAttempt()
    await settleFailed(db, first, 'HTTP 500')
    await later('1 hour')
    await dispatchDeliveries(db, queue)
    expect(await settleFailed(db, first, 'HTTP 500')).toBeUndefined()
    expect(await findDue(db, first)).toBeUndefined()
    expect(await findDue(db, { ...first, attempt: 2 })).toBeDefined()
  })
})

describe('an attempt whose job is gone', () => {
  test('is made anew at once when Redis has lost everything', async () => {
    const { delivery } = await firstAttempt()
    await later('4 seconds')
    expect(await reconcileDeliveries(db, queue)).toBe(0)
    await redis.flushdb()
    expect(await reconcileDeliveries(db, queue)).toBe(1)
    expect(await dispatchDeliveries(db, queue)).toBe(1)
    expect(await jobs()).toMatchObject([{ data: { delivery, attempt: 2 } }])
  })

  test('is not, when it was settled', async () => {
    await settleDelivered(db, await firstAttempt(), 'HTTP 204')
    await later('4 seconds')
    await redis.flushdb()
    expect(await reconcileDeliveries(db, queue)).toBe(0)
  })
})

test('what was settled more than a month ago is forgotten, and nothing that waits', async () => {
  const attempt = await firstAttempt()
  await due(1)
  await settleDelivered(db, attempt, 'HTTP 200')
  await later('29 days')
  expect(await pruneDeliveries(db)).toBe(0)
  await later('2 days')
  expect(await pruneDeliveries(db)).toBe(1)
  expect(await allDeliveries(db)).toHaveLength(1)
})
