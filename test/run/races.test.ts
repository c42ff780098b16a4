import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { cancelRun } from '../../src/run/decide.ts'
import { endRun } from '../../src/run/end.ts'
import { readUsersAsOneStream } from '../../src/run/fallback.ts'
import { findRun } from '../../src/run/history.ts'
import { isActive } from '../../src/run/states.ts'
import { type Checkpoint, checkpointFence, claimTask, lockRun, publishWhenAllRead } from '../../src/run/tasks.ts'
import { stageRows } from '../../src/snapshot/stage.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow, USERS } from '../support/dataflows.ts'
import { people, rowsOf } from '../support/imports.ts'
import { aStreamingRun, fail, NO_USAGE, shard, streamsOf } from '../support/runs.ts'

const PAGES = 4

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

/** Reads a stream as a worker does, until it is at its end or turned away. Each page has one row. */
async function read(dataflow: TestDataflow, taskId: number, worker: string): Promise<void> {
  const claim = await claimTask(db, taskId, worker)
  if (!claim) return
  let at: Checkpoint = claim.task
  while (at.page < PAGES) {
    const next = { page: at.page + 1, token: at.page + 1 === PAGES ? null : 'more', loopMark: null }
    const done = next.token === null
    const fence = checkpointFence(claim, at, next, { rows: 1, usage: NO_USAGE, done })
    const target = { dataflow, snapshotId: claim.run.id, shape: USERS }
    const passed = await db.transaction(async (tx) => {
      if (done) await lockRun(tx, claim.run.id)
      const staged = await stageRows(tx, target, people(`${taskId}-${at.page}`), [], fence)
      if (staged && done) await publishWhenAllRead(tx, claim.run.id)
      return staged
    })
    if (!passed) return
    at = next
  }
}

const DISTURBANCES = {
  nothing: async () => undefined,
  cancel: (run: number) =>
    cancelRun(db, run, 'ada').catch((error) => expect(error).toMatchObject({ code: 'conflict' })),
  fail: (run: number) => db.transaction((tx) => endRun(tx, run, { to: 'failed', cause: 'network' })),
  fallBack: (run: number) => db.transaction((tx) => readUsersAsOneStream(tx, run)),
}

test('whatever hits a run while its streams commit, nothing deadlocks, and rows, checkpoints and states agree', async () => {
  const scenario = fc.record({
    disturbances: fc.array(fc.constantFrom(...(Object.keys(DISTURBANCES) as (keyof typeof DISTURBANCES)[])), {
      minLength: 1,
      maxLength: 3,
    }),
    rivals: fc.array(fc.nat(3), { maxLength: 4 }),
  })
  const dataflow = await aDataflow(db)
  await fc.assert(
    fc.asyncProperty(scenario, async ({ disturbances, rivals }) => {
      const run = await aStreamingRun(db, dataflow, ['0', '1', '2', '3'].map(shard))
      const streams = await streamsOf(db, run)
      const readers = [0, 1, 2, 3, ...rivals].map((n, worker) =>
        read(dataflow, streams[n]?.id ?? 0, `worker ${worker}`),
      )
      await Promise.all([...readers, ...disturbances.map((kind) => DISTURBANCES[kind](run))])
      await expectAgreement(dataflow, run)
      await fail(db, run)
    }),
    { seed: 20261124, numRuns: 12, endOnFailure: true },
  )
})

async function expectAgreement(dataflow: TestDataflow, run: number): Promise<void> {
  const streams = await streamsOf(db, run)
  const staged = await rowsOf(db, dataflow.snapshotSchema, `users_${run}`, sql`sub`)
  const committed = streams.flatMap(({ id, page }) => Array.from({ length: page }, (_, n) => `${id}-${n}`))
  expect(staged.map(({ sub }) => sub).toSorted()).toEqual(committed.toSorted())
  const { state } = await findRun(db, run)
  const open = streams.filter((stream) => stream.state === 'ready').length
  if (state === 'streaming') expect(open).toBeGreaterThan(0)
  else expect(open).toBe(0)
  if (!isActive(state)) expect(['failed', 'cancelled']).toContain(state)
}
