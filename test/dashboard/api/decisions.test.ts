import { desc } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { aDataflow } from '../../support/dataflows.ts'
import { aHeldImport } from '../../support/imports.ts'
import { aRun, aStreamingRun } from '../../support/runs.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let database: TestDatabase
let operator: Program
let stranger: Program

beforeAll(async () => {
  database = await createTestDatabase()
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  operator = await programOf(url, database.db, { role: 'operator' })
  stranger = await programOf(url, database.db, { dataflows: [999] })
  return close
})

/** What was written down last. */
async function lastEntry() {
  const [entry] = await database.db.select().from(audit).orderBy(desc(audit.id)).limit(1)
  return entry
}

async function entries(): Promise<number> {
  return database.db.$count(audit)
}

const failedRun = async () => aRun(database.db, await aDataflow(database.db), 'failed')
const heldRun = async () => aHeldImport(database.db, await aDataflow(database.db))
const streamingRun = async () => aStreamingRun(database.db, await aDataflow(database.db))

describe('deciding about a run', () => {
  test.each([
    ['cancel', streamingRun, { state: 'cancelled', description: 'Cancelled by nightly-report.' }],
    ['approve', heldRun, { state: 'succeeded', description: 'Held, then approved by nightly-report.' }],
    ['discard', heldRun, { state: 'cancelled', cause: 'discarded' }],
  ] as const)('%s ends it, says so, and is written down', async (decision, make, expected) => {
    const run = await make()
    const { status, body } = await operator('POST', `/runs/${run}/${decision}`)
    expect({ status, body }).toMatchObject({ status: 200, body: { run, ...expected } })
    expect(await lastEntry()).toMatchObject({
      ...{ action: `${decision}Run`, target: `run ${run}`, actor: 'nightly-report', via: 'token' },
      ...{ dataflowId: expect.any(Number), tokenId: expect.any(Number), requestId: expect.any(String) },
    })
  })

  test('retry makes another run of the same dataflow', async () => {
    const failed = await failedRun()
    const { status, body } = await operator('POST', `/runs/${failed}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ state: 'queued', trigger: 'retry', continues: null, requestedBy: 'nightly-report' })
    expect(body.run).toBeGreaterThan(failed)
  })

  test.each([
    ['cancel', failedRun, /is not under way any more: its state is failed/],
    ['approve', failedRun, /is not held: its state is failed/],
    ['discard', streamingRun, /is not held: its state is streaming/],
    ['retry', streamingRun, /is still under way/],
  ] as const)(
    '%s is a conflict where it comes too late or too early, and nothing is written down',
    async (decision, make, detail) => {
      const run = await make()
      const before = await entries()
      const { status, body } = await operator('POST', `/runs/${run}/${decision}`)
      expect({ status, body }).toMatchObject({ status: 409, body: { cause: 'conflict' } })
      expect(body.detail).toMatch(detail)
      expect(await entries()).toBe(before)
    },
  )

  test.each(['cancel', 'approve', 'discard', 'retry'])(
    '%s does not find a run that is not theirs',
    async (decision) => {
      const run = await heldRun()
      const { status, body } = await stranger('POST', `/runs/${run}/${decision}`)
      expect({ status, body }).toMatchObject({ status: 404, body: { detail: `There is no run ${run}.` } })
      expect((await operator('GET', `/runs/${run}`)).body).toMatchObject({ state: 'held' })
    },
  )

  test.each(['0', '1.5', 'x', '9'.repeat(16), '-1'])('no run is called %s', async (run) => {
    expect(await operator('POST', `/runs/${run}/cancel`)).toMatchObject({ status: 400, body: { cause: 'bad-input' } })
  })
})
