import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { audit } from '../../../src/db/schema/access.ts'
import { runs } from '../../../src/db/schema/runs.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let database: TestDatabase
let billing: Program
let reports: Program
let name: string
let made = 0

beforeAll(async () => {
  database = await createTestDatabase()
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  billing = await programOf(url, database.db)
  reports = await programOf(url, database.db)
  return close
})

beforeEach(async () => {
  name = `Pool${made++}`
  await seedDataflow(database.db, { name })
})

const ask = (program: Program, key: string, body?: unknown, dataflow = name) =>
  program('POST', `/dataflows/${dataflow}/runs`, body, { 'idempotency-key': key })

test('a request that is repeated with its key is the same run, noted once, also when that has ended', async () => {
  const { status, body } = await ask(billing, 'order-1', { priority: 'nightly' })
  expect(status).toBe(202)
  const end = { state: 'failed' as const, cause: 'internal', description: '', finishedAt: new Date() }
  await database.db.update(runs).set(end).where(eq(runs.id, body.run))
  const again = await ask(billing, 'order-1', { priority: 'nightly', dryRun: false })
  expect(again).toMatchObject({ status: 202, body: { run: body.run, state: 'failed' } })
  expect(await database.db.$count(audit, eq(audit.target, `run ${body.run}`))).toBe(1)
})

test('twenty at once are one run', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(billing, 'order-1')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  expect(new Set(answers.map(({ body }) => body.run)).size).toBe(1)
})

test('the same key for something else is a conflict that names the run, and makes none', async () => {
  const { body } = await ask(billing, 'order-1')
  expect(await ask(billing, 'order-1', { dryRun: true })).toMatchObject({
    status: 409,
    body: {
      cause: 'conflict',
      detail: expect.stringContaining(`Run ${body.run}`),
      remedy: expect.stringMatching(/key/),
    },
  })
})

test('a key is its caller’s own, and its dataflow’s', async () => {
  const mine = await ask(billing, 'order-1')
  const theirs = await ask(reports, 'order-1')
  expect(theirs.body).toMatchObject({ state: 'skipped', cause: 'already-running' })
  await seedDataflow(database.db, { name: `${name}b` })
  const other = await ask(billing, 'order-1', undefined, `${name}b`)
  expect(new Set([mine, theirs, other].map(({ body }) => body.run)).size).toBe(3)
})

test.each(['', 'a key', 'schl\u00fcssel', 'x'.repeat(256)])('%j is no key', async (key) => {
  expect(await ask(billing, key)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/key/) } })
})
