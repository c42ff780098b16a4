import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { tellOfLate } from '../../src/alert/late.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { overviewOf } from '../../src/dataflow/overview.ts'
import { removeDataflow } from '../../src/dataflow/remove.ts'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { alerts, webhooks } from '../../src/db/schema/webhooks.ts'
import { endRun } from '../../src/run/end.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

let db: Database
let customers: TestDataflow

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

beforeEach(async () => {
  await db.delete(webhooks)
  await db.delete(alerts)
  await db.update(dataflows).set({ removedAt: new Date() })
  await aWebhook(db)
  customers = await aDataflow(db, { freshnessMinutes: 60, createdAt: minutesAgo(600) })
})

const succeeded = (minutes: number, fields: Parameters<typeof aRun>[3] = {}) =>
  aRun(db, customers, 'succeeded', { finishedAt: minutesAgo(minutes), ...fields })
const lateSince = async () => (await overviewOf(db, await findDataflow(db, customers.name))).lateSince
const told = async () => (await allDeliveries(db)).map(({ event, payload }) => [event, payload.dataflow])
const setFreshness = (freshnessMinutes: number | null) =>
  db.update(dataflows).set({ freshnessMinutes }).where(eq(dataflows.id, customers.id))

test('a dataflow is late once its last success is older than its target', async () => {
  await succeeded(50)
  expect(await tellOfLate(db)).toBe(0)
  expect(await lateSince()).toBeNull()
  await setFreshness(40)
  expect(await tellOfLate(db)).toBe(1)
  expect((await lateSince())?.getTime()).toBeCloseTo(minutesAgo(10).getTime(), -4)
  expect(await told()).toEqual([['dataflow.late', customers.name]])
})

test('one that never succeeded is late from when it was made', async () => {
  await aRun(db, customers, 'failed', { finishedAt: minutesAgo(1) })
  expect((await lateSince())?.getTime()).toBeCloseTo(minutesAgo(540).getTime(), -4)
})

test('a dry run, and a run of some tables, refresh nothing', async () => {
  await succeeded(90)
  await succeeded(1, { dryRun: true })
  await succeeded(1, { tables: ['users'] })
  expect((await lateSince())?.getTime()).toBeCloseTo(minutesAgo(30).getTime(), -4)
})

test('one without a target is never late', async () => {
  await setFreshness(null)
  expect(await tellOfLate(db)).toBe(0)
  expect(await lateSince()).toBeNull()
})

test('it is told once, by however many schedulers, until it succeeds again', async () => {
  await succeeded(90)
  const rounds = await Promise.all([1, 2, 3].map(() => tellOfLate(db)))
  expect(rounds.toSorted()).toEqual([0, 0, 1])
  expect(await tellOfLate(db)).toBe(0)
  const run = await aRun(db, customers, 'publishing')
  await endRun(db, run, { to: 'succeeded' })
  expect(await told()).toEqual([
    ['dataflow.late', customers.name],
    ['run.recovered', customers.name],
  ])
  await setFreshness(600)
  await db.execute(`update poolkeeper.runs set finished_at = now() - interval '11 hours'`)
  expect(await tellOfLate(db)).toBe(1)
})

test('one whose target was raised may become late once more', async () => {
  await succeeded(90)
  await tellOfLate(db)
  await setFreshness(120)
  expect(await tellOfLate(db)).toBe(0)
  await setFreshness(60)
  expect(await tellOfLate(db)).toBe(1)
})

test('one that was removed is nobody’s trouble any more', async () => {
  await tellOfLate(db)
  await removeDataflow(db, customers.name, 'ana')
  expect(await tellOfLate(db)).toBe(0)
  expect(await db.select().from(alerts)).toEqual([])
})
