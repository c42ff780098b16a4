import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import {
  addStreams,
  type Claim,
  checkpointFence,
  claimTask,
  finishTask,
  lockRun,
  publishWhenAllRead,
  releaseTask,
  restartStream,
  stillHolds,
} from '../../src/run/tasks.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { ALL_USERS, aStreamingRun, claimed, fail, firstPage, NO_USAGE, shard, streamsOf } from '../support/runs.ts'

const EIGHT = [...'01234567'].map(shard)

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

/** A run with its streams, and a claim on each. */
async function claimedStreams(streams = [ALL_USERS]): Promise<{ run: number; claims: Claim[] }> {
  const run = await aStreamingRun(db, await aDataflow(db), streams)
  const tasks = await streamsOf(db, run)
  return { run, claims: await Promise.all(tasks.map(({ id }) => claimed(db, id))) }
}

const oneClaim = async () => (await claimedStreams()).claims[0] as Claim
const taskOf = async ({ task }: Claim) => (await db.select().from(tasks).where(eq(tasks.id, task.id)))[0]

describe('a claim', () => {
  test('says who has it, and counts as a start without fruit until something is committed', async () => {
    const claim = await oneClaim()
    expect(claim.task).toMatchObject({ epoch: 1, claimedBy: 'a worker', fruitlessStarts: 1 })
    const again = await claimed(db, claim.task.id, 'another')
    expect(again.task).toMatchObject({ epoch: 2, claimedBy: 'another', fruitlessStarts: 2 })
    await db.execute(firstPage(again))
    expect(await taskOf(again)).toMatchObject({ fruitlessStarts: 0 })
  })

  test('fences whoever had it before out of everything', async () => {
    const old = await oneClaim()
    const current = await claimed(db, old.task.id)
    const before = await taskOf(old)
    expect(await db.execute(firstPage(old))).toEqual([])
    expect(await finishTask(db, old, NO_USAGE)).toBe(false)
    expect(await releaseTask(db, old, { ...NO_USAGE, requests: 5 }, true)).toBe(false)
    await restartStream(db, old)
    expect(await db.transaction((tx) => stillHolds(tx, old))).toBe(false)
    expect(await taskOf(old)).toEqual(before)
    expect(await db.transaction((tx) => stillHolds(tx, current))).toBe(true)
  })

  test('is given to each of many claimers in turn, with an epoch of its own', async () => {
    const { task } = await oneClaim()
    const epochs = await Promise.all([1, 2, 3, 4, 5].map(async () => (await claimed(db, task.id)).task.epoch))
    expect(epochs.toSorted()).toEqual([2, 3, 4, 5, 6])
  })

  test('is not to be had of a task that is done, or whose run has ended', async () => {
    const { run, claims } = await claimedStreams([shard('0'), shard('1')])
    const [one, other] = claims as [Claim, Claim]
    await db.execute(firstPage(one, { done: true }))
    expect(await claimTask(db, one.task.id, 'a worker')).toBeNull()
    await fail(db, run)
    expect(await claimTask(db, other.task.id, 'a worker')).toBeNull()
    expect(await claimTask(db, 999_999, 'a worker')).toBeNull()
  })
})

describe('a task that is put back', () => {
  test('keeps its checkpoint and what it used, and does not count as a failure', async () => {
    const claim = await oneClaim()
    await db.execute(firstPage(claim, { rows: 60, token: 'page 2' }))
    expect(await releaseTask(db, claim, { requests: 3, throttled: 2, waitedMs: 40, warnings: 1 }, false)).toBe(false)
    expect(await taskOf(claim)).toMatchObject({
      token: 'page 2',
      rows: 60,
      requests: 3,
      throttled: 2,
      waitedMs: 40,
      warnings: 1,
    })
    expect(await taskOf(claim)).toMatchObject({
      fruitlessStarts: 0,
      state: 'ready',
      waitingSince: null,
      claimedBy: null,
    })
  })

  test('to wait something out remembers since when, until it gets on', async () => {
    const claim = await oneClaim()
    await releaseTask(db, claim, NO_USAGE, true)
    const since = (await taskOf(claim))?.waitingSince
    expect(since).toBeInstanceOf(Date)
    await releaseTask(db, await claimed(db, claim.task.id), NO_USAGE, true)
    expect(await taskOf(claim)).toMatchObject({ waitingSince: since })
    await db.execute(firstPage(await claimed(db, claim.task.id)))
    expect(await taskOf(claim)).toMatchObject({ waitingSince: null })
  })

  test('says when it has waited for longer than its dataflow has patience for', async () => {
    const claim = await oneClaim()
    const waitedFor = async (minutes: number) => {
      const waitingSince = sql`now() - make_interval(mins => ${minutes})`
      await db.update(tasks).set({ waitingSince }).where(eq(tasks.id, claim.task.id))
      return releaseTask(db, claim, NO_USAGE, true)
    }
    expect(await waitedFor(29)).toBe(false)
    expect(await waitedFor(31)).toBe(true)
    await db.update(dataflows).set({ noProgressMinutes: 60 })
    expect(await waitedFor(31)).toBe(false)
  })

  test('to begin again goes back to the first page, and counts that', async () => {
    const claim = await oneClaim()
    await db.execute(firstPage(claim, { rows: 60, usage: { requests: 1, throttled: 0, waitedMs: 40, warnings: 0 } }))
    await db
      .update(tasks)
      .set({ seen: { first: 'a0', last: 'a1', orderly: true } })
      .where(eq(tasks.id, claim.task.id))
    await restartStream(db, claim)
    expect(await taskOf(claim)).toMatchObject({ page: 0, token: null, seen: null, rows: 0, restarts: 1, requests: 1 })
  })
})

describe('the stream that ends last', () => {
  async function end(claim: Claim): Promise<void> {
    await db.transaction(async (tx) => {
      await lockRun(tx, claim.run.id)
      await tx.execute(firstPage(claim, { done: true }))
      await publishWhenAllRead(tx, claim.run.id)
    })
  }
  const stateOf = async (run: number) => (await db.select().from(runs).where(eq(runs.id, run)))[0]?.state
  const publishTasks = (run: number) =>
    db
      .select()
      .from(tasks)
      .where(and(eq(tasks.runId, run), eq(tasks.kind, 'publish')))

  test('asks for the publish, and none before it', async () => {
    const { run, claims } = await claimedStreams(EIGHT.slice(0, 2))
    const [first, last] = claims as [Claim, Claim]
    await end(first)
    expect(await stateOf(run)).toBe('streaming')
    expect(await publishTasks(run)).toEqual([])
    await end(last)
    expect(await stateOf(run)).toBe('publishing')
    expect(await publishTasks(run)).toMatchObject([{ state: 'ready', dispatchedAt: null }])
  })

  test.each([1, 2, 3, 4, 5])('asks exactly once when eight end at once (%i)', async () => {
    const { run, claims } = await claimedStreams(EIGHT)
    await Promise.all(claims.map(end))
    expect(await stateOf(run)).toBe('publishing')
    expect(await publishTasks(run)).toHaveLength(1)
  })

  test('does not ask for a run that has ended', async () => {
    const { run, claims } = await claimedStreams()
    await fail(db, run)
    await Promise.all(claims.map(end))
    expect(await stateOf(run)).toBe('failed')
    expect(await publishTasks(run)).toEqual([])
  })
})

describe('adding streams', () => {
  test('leaves those that are there as they are', async () => {
    const { run, claims } = await claimedStreams([shard('0')])
    const [claim] = claims as [Claim]
    await db.execute(
      checkpointFence(
        claim,
        claim.task,
        { page: 1, token: 'x', loopMark: null },
        { rows: 9, usage: NO_USAGE, done: false },
      ),
    )
    const streams = [shard('0'), shard('1'), { source: 'group_members', group: 'admins' } as const]
    const planned = streams.map((stream) => ({ stream, label: stream.source }))
    await Promise.all([addStreams(db, run, planned), addStreams(db, run, planned), addStreams(db, run, [])])
    expect(await streamsOf(db, run)).toMatchObject([{ rows: 9 }, { rows: 0 }, { rows: 0 }])
  })
})
