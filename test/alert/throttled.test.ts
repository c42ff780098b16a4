import { beforeAll, expect, test } from 'vitest'
import { tellOfThrottled, watchThrottling } from '../../src/alert/throttled.ts'
import type { Database } from '../../src/db/database.ts'
import type { QuotaLook } from '../../src/quota/look.ts'
import { createTestDatabase } from '../support/database.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

const MINUTE = 60_000

/** A quota of 27 requests/s of which so many can be used; null while Redis is away. */
function aLook(ceiling: number | null, category: QuotaLook['category'] = 'UserList'): QuotaLook {
  const counted = { granted: 0, waitedMs: 0, throttled: 0, since: null, waiting: [] }
  return {
    ...{ account: '123456789012', region: 'eu-central-1', category },
    ...{ rate: 30, live: true, share: 0.9, allowed: 27 },
    use: ceiling === null ? null : { ...counted, ceiling },
  }
}

test('a quota is throttled hard once less than half of it could be used for three minutes', () => {
  const watch = watchThrottling()
  expect(watch([aLook(5)], 0)).toEqual([])
  expect(watch([aLook(13)], 2 * MINUTE)).toEqual([])
  expect(watch([aLook(9), aLook(27, 'UserPoolRead')], 3 * MINUTE)).toEqual([aLook(9)])
})

test.each([
  ['recovers', aLook(14)],
  ['could not be seen', aLook(null)],
])('one that %s meanwhile begins anew', (_what, meanwhile) => {
  const watch = watchThrottling()
  watch([aLook(5)], 0)
  watch([meanwhile], 2 * MINUTE)
  expect(watch([aLook(5)], 4 * MINUTE)).toEqual([])
  expect(watch([aLook(5)], 7 * MINUTE)).toHaveLength(1)
})

let db: Database

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

test('it is told of once an hour, by however many schedulers, to webhooks of all dataflows', async () => {
  const { id } = await aWebhook(db)
  await aWebhook(db, { dataflows: [1] })
  const rounds = await Promise.all([1, 2, 3].map(() => tellOfThrottled(db, [aLook(5)])))
  expect(rounds.toSorted()).toEqual([0, 0, 1])
  expect(await tellOfThrottled(db, [aLook(5), aLook(5, 'UserPoolRead')])).toBe(1)
  await db.execute(`update poolkeeper.alerts set since = now() - interval '61 minutes'`)
  expect(await tellOfThrottled(db, [aLook(5)])).toBe(1)
  const deliveries = await allDeliveries(db)
  expect(deliveries.map(({ webhookId, payload }) => [webhookId, payload.quota?.category])).toEqual([
    [id, 'UserList'],
    [id, 'UserPoolRead'],
    [id, 'UserList'],
  ])
  expect(deliveries[0]?.payload).toMatchObject({ cause: 'throttled', description: expect.stringMatching(/5\.0 of 27/) })
})
