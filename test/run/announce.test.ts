import { beforeAll, beforeEach, expect, test } from 'vitest'
import { removeWebhook } from '../../src/alert/webhooks.ts'
import { rotateKeys } from '../../src/dataflow/sealedSecrets.ts'
import type { Database } from '../../src/db/database.ts'
import { alerts, webhookDeliveries, webhooks } from '../../src/db/schema/webhooks.ts'
import { type Ending, endRun } from '../../src/run/end.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'
import { somebodyWaits } from '../support/waiting.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

let db: Database
let customers: TestDataflow

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

beforeEach(async () => {
  await db.delete(webhooks)
  await db.delete(alerts)
  customers = await aBareDataflow(db)
})

const FAILED: Ending = { to: 'failed', cause: 'permission-missing', description: 'Add the permission.' }
const HELD: Ending = { to: 'held', cause: 'guard', description: 'It would remove too much.' }
const SUCCEEDED: Ending = { to: 'succeeded' }

/** A run of a dataflow that ends so. */
async function ends(ending: Ending, fields: Parameters<typeof aRun>[3] = {}, dataflow = customers): Promise<number> {
  const run = await aRun(db, dataflow, 'publishing', fields)
  await endRun(db, run, ending)
  return run
}

const told = async () => (await allDeliveries(db)).map(({ event, payload }) => ({ event, ...payload }))
const events = async () => (await told()).map(({ event }) => event)

test('a run that fails is told of with its cause and what to do', async () => {
  await aWebhook(db)
  const run = await ends(FAILED)
  const { cause, description } = FAILED
  expect(await told()).toEqual([
    { event: 'run.failed', dataflow: customers.name, run, cause, description, quota: null },
  ])
})

test('the first success after a failure is told of, and no other', async () => {
  await aWebhook(db)
  await ends(SUCCEEDED)
  await ends(FAILED)
  await ends(FAILED)
  const recovered = await ends(SUCCEEDED)
  await ends(SUCCEEDED)
  expect(await events()).toEqual(['run.failed', 'run.failed', 'run.recovered'])
  expect((await told())[2]).toMatchObject({ run: recovered, cause: null, description: expect.stringMatching(/since/) })
})

test('so is a held run that is approved, and the success that replaces one', async () => {
  await aWebhook(db)
  const held = await ends(HELD)
  await endRun(db, held, { to: 'succeeded', description: 'Held, then approved by ana.' })
  await ends(HELD)
  await ends(SUCCEEDED)
  expect(await events()).toEqual(['run.held', 'run.recovered', 'run.held', 'run.recovered'])
  // who approved is nobody's business outside
  expect(JSON.stringify(await told())).not.toContain('ana')
})

test('the success of another dataflow makes nothing well', async () => {
  await aWebhook(db)
  await ends(FAILED)
  await ends(SUCCEEDED, {}, await aBareDataflow(db))
  expect(await events()).toEqual(['run.failed'])
})

test('nobody is told of a cancel, nor of a dry run', async () => {
  await aWebhook(db)
  await ends({ to: 'cancelled', cause: 'cancelled', description: 'Cancelled by ana.' })
  await ends(FAILED, { dryRun: true })
  expect(await events()).toEqual([])
  await ends(FAILED)
  await ends({ to: 'succeeded', publishes: false }, { dryRun: true })
  expect(await events()).toEqual(['run.failed'])
})

test('a run of some tables does not make a dataflow well', async () => {
  await aWebhook(db)
  await ends(FAILED)
  await ends(SUCCEEDED, { tables: ['users'] })
  expect(await events()).toEqual(['run.failed'])
  await ends(SUCCEEDED)
  expect(await events()).toEqual(['run.failed', 'run.recovered'])
})

test('each webhook is told of its events and its dataflows only', async () => {
  const other = await aBareDataflow(db)
  const all = await aWebhook(db)
  const held = await aWebhook(db, { events: ['run.held'] })
  const mine = await aWebhook(db, { dataflows: [customers.id] })
  await ends(FAILED)
  await ends(HELD, {}, other)
  const deliveries = (await allDeliveries(db)).map(({ webhookId, event }) => [webhookId, event])
  expect(deliveries).toEqual([
    [all.id, 'run.failed'],
    [mine.id, 'run.failed'],
    [all.id, 'run.held'],
    [held.id, 'run.held'],
  ])
})

test('what did not come to pass is not told of', async () => {
  await aWebhook(db)
  const run = await aRun(db, customers, 'publishing')
  const rolledBack = db.transaction(async (tx) => {
    await endRun(tx, run, FAILED)
    throw new RangeError('the disk is full')
  })
  await expect(rolledBack).rejects.toThrow(RangeError)
  expect(await events()).toEqual([])
})

test('a run ends although a webhook is removed at that moment', async () => {
  const { id } = await aWebhook(db)
  const kept = await aWebhook(db)
  const run = await aRun(db, customers, 'publishing')
  let ending: Promise<boolean> | undefined
  await db.transaction(async (tx) => {
    await removeWebhook(tx, id)
    ending = endRun(db, run, FAILED)
    // it has seen the webhook and waits for its row
    await expect.poll(() => somebodyWaits(db)).toBe(true)
  })
  expect(await ending).toBe(true)
  expect((await db.select().from(webhookDeliveries)).map(({ webhookId }) => webhookId)).toEqual([kept.id])
})

test('a run ends while the secrets of webhooks are put under another key', async () => {
  const keys = freshKeys()
  await db.delete(webhooks)
  await aWebhook(db, {}, keys)
  const run = await aRun(db, customers, 'publishing')
  await db.transaction(async (tx) => {
    expect(await rotateKeys(tx, [...freshKeys(), ...keys])).toBe(1)
    expect(await endRun(db, run, FAILED)).toBe(true)
  })
  expect(await events()).toEqual(['run.failed'])
})
