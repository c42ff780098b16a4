import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { listFailures } from '../../src/run/failures.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'

let db: Database
let first: TestDataflow
let second: TestDataflow

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

beforeEach(async () => {
  first = await aDataflow(db)
  second = await aDataflow(db)
})

/** Those of the test's own dataflows. */
const failures = (query: Parameters<typeof listFailures>[1] = {}) =>
  listFailures(db, { visible: [first.id, second.id], ...query })

const failed = (dataflow: TestDataflow, cause: string, fields = {}) =>
  aRun(db, dataflow, 'failed', { cause, description: `It was ${cause}.`, ...fields })

test('what a person must mend stands before what mends itself, however often that happened', async () => {
  await failed(second, 'throttled')
  const throttled = await failed(second, 'throttled')
  const missing = await failed(first, 'permission-missing')
  expect(await failures()).toEqual([
    {
      ...{ cause: 'permission-missing', needs: 'a person', runs: 1, dataflowsStanding: 1 },
      ...{ standing: [{ dataflow: first.name, run: missing }], lastRun: missing, lastAt: expect.any(Date) },
      description: 'It was permission-missing.',
    },
    expect.objectContaining({
      ...{ cause: 'throttled', needs: 'time', runs: 2 },
      standing: [{ dataflow: second.name, run: throttled }],
    }),
  ])
})

test('a held run needs a person', async () => {
  const run = await aRun(db, first, 'held', { cause: 'guard' })
  expect(await failures()).toMatchObject([{ cause: 'guard', needs: 'a person', lastRun: run }])
})

test('what a better run came after is over; one that was skipped or cancelled is no better one', async () => {
  await failed(first, 'wrong-secret')
  await aRun(db, first, 'skipped', { cause: 'already-running' })
  await aRun(db, first, 'cancelled', { cause: 'cancelled' })
  await aRun(db, first, 'succeeded', { dryRun: true })
  expect(await failures()).toMatchObject([{ cause: 'wrong-secret', needs: 'a person' }])
  await aRun(db, first, 'succeeded')
  expect(await failures()).toMatchObject([
    { cause: 'wrong-secret', needs: 'nothing', runs: 1, standing: [], dataflowsStanding: 0 },
  ])
})

test('another failure after it is what stands now', async () => {
  await failed(first, 'wrong-secret')
  await failed(first, 'network')
  expect(await failures()).toMatchObject([
    { cause: 'network', needs: 'time' },
    { cause: 'wrong-secret', needs: 'nothing' },
  ])
})

test('they are those of a time, of a dataflow, and of what somebody may see', async () => {
  await failed(first, 'network', { requestedAt: new Date('2026-01-05') })
  await failed(second, 'timeout')
  const causes = async (query: Parameters<typeof failures>[0]) => (await failures(query)).map(({ cause }) => cause)
  expect(await causes({ since: new Date('2026-01-06') })).toEqual(['timeout'])
  expect(await causes({ until: new Date('2026-01-06') })).toEqual(['network'])
  expect(await causes({ dataflowId: first.id })).toEqual(['network'])
  expect(await causes({ visible: [second.id] })).toEqual(['timeout'])
})

test('dry runs are tried out by whoever looks at them, and are no failures', async () => {
  await failed(first, 'network', { dryRun: true })
  expect(await failures()).toEqual([])
})
