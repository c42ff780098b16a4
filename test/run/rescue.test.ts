import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { snapshots } from '../../src/db/schema/snapshots.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { findRun } from '../../src/run/history.ts'
import { rescueRuns } from '../../src/run/rescue.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aRun, aStreamingRun, claimed, firstPage, shard, streamsOf } from '../support/runs.ts'

const LONG_AGO = new Date('2020-02-29T12:00:00Z')

let db: Database

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
})

const impatient = (fields = {}) => aDataflow(db, { noProgressMinutes: 30, timeoutMinutes: 120, ...fields })
const minutesAgo = (minutes: number) => sql`now() - make_interval(mins => ${minutes})`

/** A run whose tasks moved last so long ago; the first of its two streams is claimed. */
async function aQuietRun(minutes: number, dataflow?: TestDataflow) {
  const run = await aStreamingRun(db, dataflow ?? (await impatient()), [shard('a'), shard('b')])
  const [first] = await streamsOf(db, run)
  const claim = await claimed(db, first?.id ?? 0, 'host-7:77')
  await db.execute(firstPage(claim))
  await db
    .update(tasks)
    .set({ movedAt: minutesAgo(minutes) })
    .where(eq(tasks.runId, run))
  await db
    .update(runs)
    .set({ requestedAt: minutesAgo(minutes) })
    .where(eq(runs.id, run))
  return { run, claim, streams: await streamsOf(db, run) }
}

/** Nothing of it is claimed. */
async function aQueuedRun(minutes: number) {
  const run = await aStreamingRun(db, await impatient())
  await db
    .update(tasks)
    .set({ movedAt: minutesAgo(minutes) })
    .where(eq(tasks.runId, run))
  return run
}

describe('of the runs under way', () => {
  test('those that took too long or stood still are ended, each with its cause, and the others are left alone', async () => {
    const { run: quiet } = await aQuietRun(31)
    const { run: patient } = await aQuietRun(29)
    const { run: long } = await aQuietRun(0)
    await db
      .update(runs)
      .set({ startedAt: minutesAgo(121) })
      .where(eq(runs.id, long))
    const { run: unhurried } = await aQuietRun(0)
    await db
      .update(runs)
      .set({ startedAt: minutesAgo(119) })
      .where(eq(runs.id, unhurried))
    const ended = await aRun(db, await impatient(), 'failed', { startedAt: LONG_AGO })
    expect((await rescueRuns(db, LONG_AGO)).toSorted()).toEqual([quiet, long])
    const states = await Promise.all([quiet, patient, long, unhurried, ended].map((run) => findRun(db, run)))
    expect(states.map(({ state, cause }) => [state, cause])).toEqual([
      ['failed', 'no-progress'],
      ['streaming', null],
      ['failed', 'timeout'],
      ['streaming', null],
      ['failed', 'internal'],
    ])
    expect(await rescueRuns(db, LONG_AGO)).toEqual([])
  })

  test('one is ended as a whole: its tasks are dropped, and what was staged is left to a retry', async () => {
    const { run } = await aQuietRun(31)
    await rescueRuns(db, LONG_AGO)
    expect(await streamsOf(db, run)).toMatchObject([{ state: 'dropped' }, { state: 'dropped' }])
    expect(await db.select().from(snapshots)).toMatchObject([{ id: run, state: 'left' }])
  })

  test('one of which any stream moves is not stuck', async () => {
    const { streams } = await aQuietRun(31)
    await claimed(db, streams[1]?.id ?? 0)
    expect(await rescueRuns(db, LONG_AGO)).toEqual([])
  })

  test('one is ended once, whatever number of schedulers look', async () => {
    const quiet = await Promise.all([1, 2, 3].map(async () => (await aQuietRun(31)).run))
    const ended = await Promise.all([1, 2, 3, 4].map(() => rescueRuns(db, LONG_AGO)))
    expect(ended.flat().toSorted()).toEqual(quiet.toSorted())
  })

  test('what nobody could move, because no scheduler was up, is gone on with', async () => {
    await aQuietRun(600, await impatient({ timeoutMinutes: 1_440 }))
    expect(await rescueRuns(db, new Date())).toEqual([])
  })

  test('one that waits in the queue is ended when no worker takes it up, but not behind workers that are busy', async () => {
    const { run: busy, claim } = await aQuietRun(1)
    const queued = await aQueuedRun(31)
    expect(await rescueRuns(db, LONG_AGO)).toEqual([])
    await db
      .update(tasks)
      .set({ movedAt: minutesAgo(32) })
      .where(eq(tasks.id, claim.task.id))
    expect((await rescueRuns(db, LONG_AGO)).toSorted()).toEqual([queued])
    expect(await findRun(db, busy)).toMatchObject({ state: 'streaming' })
  })
})

describe('history says', () => {
  const descriptionOf = async (run: number) => (await findRun(db, run)).description

  test('which stream stood still, where, since when, in whose hands, and what to do', async () => {
    const { run, claim } = await aQuietRun(31)
    await db.update(tasks).set({ movedAt: LONG_AGO }).where(eq(tasks.id, claim.task.id))
    await db.update(tasks).set({ label: 'users · a' }).where(eq(tasks.id, claim.task.id))
    await rescueRuns(db, LONG_AGO)
    expect(await descriptionOf(run)).toMatch(
      /^Nothing of it moved for 30 minutes\. "users · a" stood at page 1 since 2020-02-29 12:00 UTC, claimed by host-7:77; No worker .*"users" since 20.* UTC\. Look at .* log.*`poolkeeper retry \d+`/,
    )
  })

  test('that no worker has taken it up', async () => {
    const run = await aQueuedRun(31)
    await rescueRuns(db, LONG_AGO)
    expect(await descriptionOf(run)).toMatch(/moved for 30 minutes\. No worker has taken up "users".*poolkeeper doctor/)
  })

  test('what a run took too long for', async () => {
    const { run } = await aQuietRun(1, await impatient({ name: 'Slow' }))
    await db
      .update(runs)
      .set({ startedAt: minutesAgo(121) })
      .where(eq(runs.id, run))
    await rescueRuns(db, LONG_AGO)
    expect(await descriptionOf(run)).toMatch(
      /^It took longer than the 2 hours that Slow allows\. "users" stood at page 1/,
    )
  })

  test('only some of ten thousand', async () => {
    const streams = ['0', '1', '2', '3', '4', '5'].map(shard)
    const run = await aStreamingRun(db, await impatient(), streams)
    await db.update(tasks).set({ movedAt: LONG_AGO }).where(eq(tasks.runId, run))
    await rescueRuns(db, LONG_AGO)
    expect(await descriptionOf(run)).toContain('; 3 more were left.')
  })
})
