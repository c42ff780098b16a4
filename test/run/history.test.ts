import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { listOverviews } from '../../src/dataflow/overview.ts'
import type { Database } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { endRun } from '../../src/run/end.ts'
import { findRun, listRuns } from '../../src/run/history.ts'
import { runProgress } from '../../src/run/progress.ts'
import { pruneTasks } from '../../src/run/prune.ts'
import { requestRun } from '../../src/run/request.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { aHeldImport, aPublishedImport, people } from '../support/imports.ts'
import {
  ALL_USERS,
  aRun,
  aStreamingRun,
  claimed,
  fail,
  firstPage,
  readToTheEnd,
  shard,
  streamsOf,
} from '../support/runs.ts'

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

describe('the history of a run', () => {
  test('that published holds exactly what others hold on to', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada', 'bob'), members: [{ group_name: 'g', sub: 'ada' }] })
    const run = await aPublishedImport(db, dataflow, { users: people('ada', 'eve', 'kim') })
    expect(await findRun(db, run)).toStrictEqual({
      run,
      dataflow: dataflow.name,
      state: 'succeeded',
      waiting: null,
      cause: null,
      description: null,
      snapshot: run,
      tables: [
        { table: 'group_members', rows: 0, added: 0, removed: 1, changed: 0 },
        { table: 'users', rows: 3, added: 2, removed: 1, changed: 0 },
      ],
      requests: 0,
      throttled: 0,
      quotaWaitSeconds: 0,
      priority: 'ad-hoc',
      warnings: 0,
      seconds: expect.any(Number),
      trigger: 'manual',
      continues: null,
      dryRun: false,
      onlyTables: null,
      notes: [],
      requestedBy: 'ada',
      requestedAt: ISO,
      startedAt: ISO,
      finishedAt: ISO,
    })
  })

  test('that waits to begin has no times, tables or snapshot yet', async () => {
    const run = await aRun(db, await aDataflow(db), 'queued')
    const nothingYet = { snapshot: null, tables: [], seconds: null, startedAt: null, finishedAt: null }
    expect(await findRun(db, run)).toMatchObject(nothingYet)
  })

  test('that waits to begin says what it waits for', async () => {
    const { id } = await aDataflow(db)
    const { id: run } = await requestRun(db, { dataflowId: id, trigger: 'api', requestedBy: 'ada' })
    const waiting = async () => (await findRun(db, run)).waiting
    expect(await waiting()).toBe('waiting for the queue')
    await db.update(tasks).set({ dispatchedAt: new Date() }).where(eq(tasks.runId, run))
    expect(await waiting()).toBe('waiting for a worker')
    await db.update(tasks).set({ claimedBy: 'a worker' }).where(eq(tasks.runId, run))
    expect(await waiting()).toBeNull()
  })

  test('that is under way shows what was read so far of the tables that it makes, and what that used', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1'), { source: 'groups' }])
    for (const { id } of await streamsOf(db, run)) {
      await db.execute(
        firstPage(await claimed(db, id), { rows: 60, usage: { requests: 2, throttled: 1, waitedMs: 40, warnings: 3 } }),
      )
    }
    expect(await findRun(db, run)).toMatchObject({
      state: 'streaming',
      snapshot: null,
      tables: [{ table: 'users', rows: 120, added: 0, removed: 0, changed: 0 }],
      requests: 6,
      throttled: 3,
      warnings: 9,
      seconds: expect.any(Number),
      finishedAt: null,
    })
  })

  test('counts seconds from its start to its end', async () => {
    const times = { startedAt: new Date('2026-11-24T12:00:00Z'), finishedAt: new Date('2026-11-24T12:01:01.250Z') }
    const run = await aRun(db, await aDataflow(db), 'succeeded', times)
    expect(await findRun(db, run)).toMatchObject({ seconds: 61.3, startedAt: '2026-11-24T12:00:00.000Z' })
  })

  test('names its snapshot only while that can be published', async () => {
    const dataflow = await aDataflow(db)
    const held = await aHeldImport(db, dataflow)
    const failed = await aStreamingRun(db, dataflow)
    await fail(db, failed)
    expect(await findRun(db, held)).toMatchObject({ snapshot: held })
    expect(await findRun(db, failed)).toMatchObject({ snapshot: null })
  })

  test('is listed newest first, of one dataflow or of all, and as far as asked', async () => {
    const [one, other] = [await aDataflow(db), await aDataflow(db)]
    const ids = [await aRun(db, one, 'failed'), await aRun(db, other, 'failed'), await aRun(db, one, 'queued')] as const
    const listed = async (query: Parameters<typeof listRuns>[1]) => (await listRuns(db, query)).map(({ run }) => run)
    expect(await listed({ dataflowId: one.id })).toEqual([ids[2], ids[0]])
    expect(await listed({ dataflowId: one.id, limit: 1 })).toEqual([ids[2]])
    expect((await listed({})).slice(0, 3)).toEqual(ids.toReversed())
  })

  test('of a run that there never was is an error that says so', async () => {
    await expect(findRun(db, 999_999)).rejects.toMatchObject({ code: 'not-found', message: 'There is no run 999999.' })
  })
})

describe('ending a run', () => {
  test('sums up what its tasks used, and keeps it when they are pruned', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    for (const { id } of await streamsOf(db, run)) {
      await db.execute(
        firstPage(await claimed(db, id), { usage: { requests: 5, throttled: 2, waitedMs: 40, warnings: 1 } }),
      )
    }
    await readToTheEnd(db, run)
    await endRun(db, run, { to: 'held', cause: 'guard', description: 'too much' })
    const figures = { requests: 10, throttled: 4, quotaWaitSeconds: 0.1, warnings: 2 }
    expect(await findRun(db, run)).toMatchObject(figures)
    await db.delete(tasks).where(eq(tasks.runId, run))
    await endRun(db, run, { to: 'succeeded' })
    expect(await findRun(db, run)).toMatchObject({ state: 'succeeded', ...figures })
  })

  test('drops the tasks that are left and keeps those that were done', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    const [first] = await streamsOf(db, run)
    await db.execute(firstPage(await claimed(db, first?.id ?? 0), { done: true }))
    await fail(db, run)
    expect(await streamsOf(db, run)).toMatchObject([{ state: 'done' }, { state: 'dropped' }])
  })

  test('that has ended changes nothing', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    await fail(db, run)
    const before = await findRun(db, run)
    expect(await endRun(db, run, { to: 'cancelled', cause: 'cancelled' })).toBe(false)
    expect(await findRun(db, run)).toEqual(before)
  })
})

describe('the progress of a run', () => {
  test('is known for each table, in the order of its tables', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    await db.update(runs).set({ estimatedUsers: 500 }).where(eq(runs.id, run))
    const [first] = await streamsOf(db, run)
    await db.execute(firstPage(await claimed(db, first?.id ?? 0), { rows: 60, done: true }))
    expect(await runProgress(db, run)).toMatchObject({
      run,
      state: 'streaming',
      estimatedUsers: 500,
      shards: [
        { prefix: '0', rows: 60, done: true },
        { prefix: '1', rows: 0, done: false },
      ],
      tables: [
        { table: 'users', rows: 60, requests: 0, expectedRows: 500, streams: 2, streamsDone: 1, complete: false },
        { table: 'group_members', rows: 0, expectedRows: null, streams: 0, streamsDone: 0, complete: false },
      ],
    })
  })

  test('knows that the members are complete once the groups and all that they led to have been read', async () => {
    const members = { source: 'group_members', group: 'admins' } as const
    const run = await aStreamingRun(db, await aDataflow(db), [ALL_USERS, { source: 'groups' }, members])
    const complete = async () => (await runProgress(db, run)).tables.map((table) => table.complete)
    const [, groups, ofAdmins] = await streamsOf(db, run)
    await db.execute(firstPage(await claimed(db, ofAdmins?.id ?? 0), { done: true }))
    expect(await complete()).toEqual([false, false])
    await db.execute(firstPage(await claimed(db, groups?.id ?? 0), { done: true }))
    expect(await complete()).toEqual([false, true])
  })

  test.each([
    ['under way, with a stream left', async () => undefined, false],
    ['publishing', readToTheEnd, true],
    ['failed', fail, false],
  ] as const)(
    'is complete or not for a run that is %s',
    async (_, go: (db: Database, run: number) => Promise<void>, complete) => {
      const run = await aStreamingRun(db, await aDataflow(db), [ALL_USERS])
      await go(db, run)
      expect((await runProgress(db, run)).tables).toMatchObject([{ complete }, { complete }])
    },
  )

  test('has no tables before it is planned, and none at all for a run that there never was', async () => {
    const run = await aRun(db, await aDataflow(db), 'planning')
    const nothing = { state: 'planning', estimatedUsers: null, accountId: null, poolId: null, tables: [], shards: [] }
    expect(await runProgress(db, run)).toEqual({ run, ...nothing })
    await expect(runProgress(db, 999_999)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('pruning tasks', () => {
  test('forgets those of runs that ended more than a week ago', async () => {
    const [old, young, running] = [await aDataflow(db), await aDataflow(db), await aDataflow(db)]
    const ids = [
      await aStreamingRun(db, old),
      await aStreamingRun(db, young),
      await aStreamingRun(db, running),
    ] as const
    await fail(db, ids[0])
    await fail(db, ids[1])
    await db.update(runs).set({ finishedAt: sql`now() - interval '8 days'` }).where(eq(runs.id, ids[0]))
    await Promise.all([pruneTasks(db), pruneTasks(db)])
    expect(await Promise.all(ids.map(async (id) => (await streamsOf(db, id)).length))).toEqual([0, 1, 1])
  })
})

describe('the overview', () => {
  test('shows of each dataflow what readers see and how its latest run went, skipped ones apart', async () => {
    const { db } = await createTestDatabase()
    const [busy, idle] = [await aDataflow(db, { name: 'Busy' }), await aDataflow(db, { name: 'anIdleOne' })]
    await aDataflow(db, { name: 'Gone', removedAt: new Date() })
    await aPublishedImport(db, busy, { users: people('ada', 'bob'), members: [{ group_name: 'g', sub: 'ada' }] })
    const failed = await aStreamingRun(db, busy)
    await fail(db, failed)
    await aRun(db, busy, 'skipped')
    const nothing = { rows: null, refreshedAt: null, lastRun: null, nextRunAt: null, pausedAt: null }
    expect((await listOverviews(db, null, {})).items).toMatchObject([
      { name: idle.name, ...nothing },
      {
        name: busy.name,
        rows: 3,
        refreshedAt: expect.any(Date),
        lastRun: { id: failed, state: 'failed' },
      },
    ])
  })
})
