import { beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { type Claim, claimTask } from '../../src/run/tasks.ts'
import { watchClaims } from '../../src/worker/claimWatch.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { aStreamingRun, claimed, fail, shard, streamsOf } from '../support/runs.ts'

let database: TestDatabase
let db: Database
let run: number
let claims: Claim[]

beforeEach(async () => {
  database = await createTestDatabase()
  db = database.db
  run = await aStreamingRun(db, await aDataflow(db), ['0', '1', '2'].map(shard))
  claims = await Promise.all((await streamsOf(db, run)).map(({ id }) => claimed(db, id)))
})

const SOON = { timeout: 8_000 }

test('who loses a claim is told once, and nobody else is', async () => {
  const lost = watchAll()
  await claimTask(db, claims[1]?.task.id ?? 0, 'somebody else')
  await vi.waitFor(() => expect(lost).toEqual([1]), SOON)
  await fail(db, run)
  await vi.waitFor(() => expect(lost).toHaveLength(3), SOON)
  expect(lost).toEqual([1, 0, 2])
})

test('who has ended the watch hears nothing; one that begins when none was left is kept', async () => {
  const watch = watchClaims(db)
  const lost: number[] = []
  const unwatch = claims.map((claim, index) => watch.watch(claim, () => lost.push(index)))
  unwatch[0]?.()
  await fail(db, run)
  await vi.waitFor(() => expect(lost).toEqual([1, 2]), SOON)
  const [first] = claims
  if (first) watch.watch(first, () => lost.push(0))
  await vi.waitFor(() => expect(lost).toEqual([1, 2, 0]), SOON)
})

test('while Postgres cannot be asked, nothing counts as lost; afterwards it is looked at again', async () => {
  const lost = watchAll()
  const ask = vi.spyOn(db, 'select').mockImplementation(() => {
    throw new TypeError('Postgres is away')
  })
  await db.transaction((tx) => fail(tx, run))
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2), SOON)
  expect(lost).toEqual([])
  ask.mockRestore()
  await vi.waitFor(() => expect(lost).toEqual([0, 1, 2]), SOON)
})

/** @returns the indexes of the claims that were lost, as they are. */
function watchAll(): number[] {
  const { watch } = watchClaims(db)
  const lost: number[] = []
  for (const [index, claim] of claims.entries()) watch(claim, () => lost.push(index))
  return lost
}
