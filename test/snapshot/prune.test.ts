import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { published, type SnapshotState, snapshots } from '../../src/db/schema/snapshots.ts'
import { cancelRun } from '../../src/run/decide.ts'
import { keepPlaces, placesOf } from '../../src/snapshot/places.ts'
import { publishedSnapshot } from '../../src/snapshot/pointer.ts'
import { dropSnapshots, retireLeftSnapshots, retireSnapshots } from '../../src/snapshot/prune.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { widenTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow, USERS } from '../support/dataflows.ts'
import { aHeldImport, aPublishedImport, people, subsSeen } from '../support/imports.ts'
import { openReader } from '../support/reader.ts'
import { aStreamingRun, fail } from '../support/runs.ts'

let db: Database
let url: string

beforeEach(async () => {
  ;({ db, url } = await createTestDatabase())
})

/** The states of all snapshots, oldest first. */
async function states(): Promise<SnapshotState[]> {
  const rows = await db.select({ state: snapshots.state }).from(snapshots).orderBy(snapshots.id)
  return rows.map(({ state }) => state)
}

async function publishImports(dataflow: TestDataflow, count: number): Promise<number[]> {
  const runs: number[] = []
  for (let n = 0; n < count; n++) runs.push(await aPublishedImport(db, dataflow, { users: people('ada') }))
  return runs
}

/** The tables of one snapshot that are still there, of three. */
async function tablesOf({ snapshotSchema }: TestDataflow, snapshot = 0): Promise<number> {
  const tables = await db.execute(sql`select 1 from pg_class where relnamespace = to_regnamespace(${snapshotSchema})
    and relkind = 'r' and relname like ${`%\\_${snapshot}`}`)
  return tables.length
}

describe('retiring snapshots', () => {
  test('keeps the newest, each dataflow as many as it wants, and never takes a held one or one that is being made', async () => {
    const [three, one] = [await aDataflow(db, { keepSnapshots: 3 }), await aDataflow(db, { keepSnapshots: 1 })]
    await publishImports(three, 4)
    await publishImports(one, 2)
    await aHeldImport(db, one)
    await aStreamingRun(db, one)
    expect(await retireSnapshots(db)).toBe(2)
    expect(await states()).toEqual(['dropping', 'kept', 'kept', 'kept', 'dropping', 'kept', 'held', 'building'])
    expect(await retireSnapshots(db)).toBe(0)
  })

  test('never takes the published one, however old it is', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [first] = await publishImports(dataflow, 3)
    await rollback(db, { dataflow, to: first, by: 'ada', keepSchedule: true })
    await retireSnapshots(db)
    expect(await states()).toEqual(['kept', 'dropping', 'kept'])
  })

  test('never takes away what somebody rolls back to in the same instant', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [old = 0, shown = 0] = await publishImports(dataflow, 2)
    await makeRetiringSlow()
    let rolledBack = 0
    for (let n = 0; n < 15; n++) {
      const attempt = rollback(db, { dataflow, to: old, by: 'ada', keepSchedule: true }).then(
        () => rolledBack++,
        (error: unknown) => expect(error).toMatchObject({ code: 'not-found' }),
      )
      await Promise.all([attempt, retireSnapshots(db)])
      const current = await publishedSnapshot(db, dataflow.id)
      const [snapshot] = await db
        .select()
        .from(snapshots)
        .where(eq(snapshots.id, current ?? 0))
      expect(snapshot).toMatchObject({ state: 'kept' })
      await db.update(snapshots).set({ state: 'kept' }).where(eq(snapshots.id, old))
      await db.update(published).set({ snapshotId: shown }).where(eq(published.dataflowId, dataflow.id))
    }
    expect(rolledBack).toBeGreaterThan(0)
  })
})

test('what a failed run has left stays for an hour, so that a retry can go on with it, and then goes', async () => {
  const dataflow = await aDataflow(db)
  const failed = await aStreamingRun(db, dataflow)
  await fail(db, failed)
  const endedMinutesAgo = (minutes: number) =>
    db.update(runs).set({ finishedAt: sql`now() - make_interval(mins => ${minutes})` })
  await endedMinutesAgo(59)
  expect([await retireLeftSnapshots(db), await dropSnapshots(db)]).toEqual([0, 0])
  expect(await tablesOf(dataflow, failed)).toBe(3)
  await endedMinutesAgo(61)
  expect([await retireLeftSnapshots(db), await dropSnapshots(db)]).toEqual([1, 1])
  expect(await tablesOf(dataflow, failed)).toBe(0)
})

/** Thousands of snapshots that may stay: the statement that looks through them takes long enough to be overtaken. */
async function makeRetiringSlow(): Promise<void> {
  await db.execute(sql`insert into poolkeeper.dataflows (name, display_name, pool_id, region, tables, keep_snapshots)
    select 'Slow' || n, '', '', '', '[]', 50 from generate_series(1, 100) n`)
  await db.execute(sql`insert into poolkeeper.runs (dataflow_id, trigger, requested_by, state, finished_at)
    select id, 'manual', 'ada', 'succeeded', now() from poolkeeper.dataflows, generate_series(1, 50)
    where starts_with(name, 'Slow')`)
  await db.execute(sql`insert into poolkeeper.snapshots (id, dataflow_id, state, tables)
    select r.id, dataflow_id, 'kept', '[]' from poolkeeper.runs r join poolkeeper.dataflows d on d.id = dataflow_id
    where starts_with(name, 'Slow')`)
}

describe('dropping snapshots', () => {
  test('drops the tables of retired and of cancelled ones, and leaves the others alone', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [old, shown] = await publishImports(dataflow, 2)
    const cancelled = await aStreamingRun(db, dataflow)
    await cancelRun(db, cancelled, 'ada')
    await retireSnapshots(db)
    expect(await dropSnapshots(db)).toBe(2)
    expect(await states()).toEqual(['dropped', 'kept', 'dropped'])
    expect(await Promise.all([old, shown, cancelled].map((id) => tablesOf(dataflow, id)))).toEqual([0, 3, 0])
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
    expect(await dropSnapshots(db)).toBe(0)
  })

  test('forgets where their runs had got to among the users: those are named', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [old = 0] = await publishImports(dataflow, 2)
    await keepPlaces(db, old, { user_mfa: { at: '2026-01-01 00:00:00+00', sub: 'ada' } })
    await retireSnapshots(db)
    await dropSnapshots(db)
    expect(await placesOf(db, old)).toEqual({})
  })

  test('is not kept from the rest by one that something of somebody else depends on', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [oldest] = await publishImports(dataflow, 3)
    await db.execute(sql.raw(`create view mine as select * from ${dataflow.snapshotSchema}.users_${oldest}`))
    await retireSnapshots(db)
    expect(await dropSnapshots(db)).toBe(1)
    expect(await states()).toEqual(['dropping', 'dropped', 'kept'])
    await db.execute(sql`drop view mine`)
    expect(await dropSnapshots(db)).toBe(1)
  })

  test('by several schedulers at once drops each once', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    await publishImports(dataflow, 5)
    await retireSnapshots(db)
    const dropped = await Promise.all([1, 2, 3].map(() => dropSnapshots(db)))
    expect(dropped.toSorted()).toEqual([0, 0, 4])
    expect(await states()).toEqual(['dropped', 'dropped', 'dropped', 'dropped', 'kept'])
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })
})

describe('dropping a snapshot behind a reader that holds a transaction open', () => {
  test("waits for the next round, in nobody else's way, and ends what it had begun", async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    const [old] = await publishImports(dataflow, 2)
    await retireSnapshots(db)
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    const round = dropSnapshots(db)
    await vi.waitFor(async () => expect(await pendingDetaches()).toBe(1), { interval: 5 })
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
    expect(await round).toBe(0)
    expect(await states()).toEqual(['dropping', 'kept'])
    expect([...(await reader.sql.unsafe(`select sub from ${dataflow.schema}.users`))]).toEqual(people('ada'))
    await reader.leave()
    expect(await dropSnapshots(db)).toBe(1)
    expect(await tablesOf(dataflow, old)).toBe(0)
  })

  test('that was interrupted keeps neither a publish nor a new column from going through', async () => {
    const dataflow = await aDataflow(db, { keepSnapshots: 1 })
    await publishImports(dataflow, 2)
    await retireSnapshots(db)
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    await dropSnapshots(db)
    expect(await pendingDetaches()).toBe(1)
    await aPublishedImport(db, dataflow, { users: people('bob') })
    expect(await subsSeen(db, dataflow)).toEqual(['bob'])
    await reader.leave()
    const city = { name: 'custom_city', type: 'text', comment: 'The city' } as const
    await widenTables(db, dataflow, [{ ...USERS, columns: [...USERS.columns, city] }])
    expect(await dropSnapshots(db)).toBe(1)
  })
})

async function pendingDetaches(): Promise<number> {
  return (await db.execute(sql`select 1 from pg_inherits where inhdetachpending`)).length
}
