import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { publications } from '../../src/db/schema/snapshots.ts'
import { approveRun } from '../../src/run/decide.ts'
import { movePointer, publishedSnapshot, rolledBackSince } from '../../src/snapshot/pointer.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aHeldImport, aPublishedImport, people, subsSeen } from '../support/imports.ts'
import { openReader } from '../support/reader.ts'

let db: Database
let url: string

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
})

const move = (dataflow: TestDataflow, from: number | null, to: number) =>
  movePointer(db, { dataflowId: dataflow.id, from, to, reason: 'rollback', by: 'ada' })

/** An import all of whose rows say which one they belong to. */
function versionOf(version: string, rows: number) {
  const users = Array.from({ length: rows }, (_, n) => ({ sub: String(n), email: version }))
  return { users, members: users.map(({ sub }) => ({ group_name: version, sub })) }
}

describe('the pointer', () => {
  test('shows nothing at first, then what it was moved to, and remembers each move', async () => {
    const dataflow = await aDataflow(db)
    expect(await publishedSnapshot(db, dataflow.id)).toBeNull()
    const run = await aPublishedImport(db, dataflow)
    expect(await publishedSnapshot(db, dataflow.id)).toBe(run)
    const moves = await db.select().from(publications).where(eq(publications.dataflowId, dataflow.id))
    expect(moves).toMatchObject([{ fromSnapshotId: null, toSnapshotId: run, reason: 'publish', by: `run ${run}` }])
  })

  test('stays where it is for a mover who believes it elsewhere', async () => {
    const dataflow = await aDataflow(db)
    const [first, second] = [await aPublishedImport(db, dataflow), await aPublishedImport(db, dataflow)]
    expect(await move(dataflow, first, first)).toBe(false)
    expect(await move(dataflow, null, first)).toBe(false)
    expect(await publishedSnapshot(db, dataflow.id)).toBe(second)
    expect(await db.select().from(publications).where(eq(publications.dataflowId, dataflow.id))).toHaveLength(2)
  })

  test('tells whether a rollback has put something else before readers, which an approval is not', async () => {
    const dataflow = await aDataflow(db)
    const since = (base: number | null) => rolledBackSince(db, dataflow.id, base)
    expect(await since(null)).toBeNull()
    const [first, second] = [await aPublishedImport(db, dataflow), await aPublishedImport(db, dataflow)]
    expect(await since(second)).toBeNull()
    await move(dataflow, second, first)
    expect(await since(second)).toBe(first)
    expect(await since(first)).toBeNull()
    await approveRun(db, await aHeldImport(db, dataflow), 'ada')
    expect(await since(second)).toBeNull()
  })

  test('goes with one of many movers who all believe the same', async () => {
    const dataflow = await aDataflow(db)
    const [first, second] = [await aPublishedImport(db, dataflow), await aPublishedImport(db, dataflow)]
    const moved = await Promise.all(Array.from({ length: 8 }, () => move(dataflow, second, first)))
    expect(moved.filter(Boolean)).toHaveLength(1)
  })

  test('leaves other dataflows alone', async () => {
    const [dataflow, other] = [await aDataflow(db), await aDataflow(db)]
    await aPublishedImport(db, other, { users: people('eve') })
    await aPublishedImport(db, dataflow, { users: people('ada') })
    expect(await subsSeen(db, other)).toEqual(['eve'])
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })

  test('switches all tables at once: a statement sees one whole import, however often it moves meanwhile', async () => {
    const dataflow = await aDataflow(db)
    const old = await aPublishedImport(db, dataflow, versionOf('old', 30))
    const young = await aPublishedImport(db, dataflow, versionOf('new', 50))
    const both = sql`
      select (select json_agg(distinct email) from ${sql.identifier(dataflow.schema)}.users) as users,
        (select count(*) from ${sql.identifier(dataflow.schema)}.users) as people,
        (select json_agg(distinct group_name) from ${sql.identifier(dataflow.schema)}.group_members) as members,
        (select count(*) from ${sql.identifier(dataflow.schema)}.group_members) as memberships`
    let moving = true
    const seen: unknown[] = []
    const read = async () => {
      while (moving) seen.push(...(await db.execute(both)))
    }
    const readers = [read(), read(), read()]
    for (let n = 0; n < 20; n++) await Promise.all([move(dataflow, young, old), move(dataflow, old, young)])
    while (seen.length < 100) await move(dataflow, young, old).then(() => move(dataflow, old, young))
    moving = false
    await Promise.all(readers)

    const whole = { old: { n: 30, sawn: 0 }, new: { n: 50, sawn: 0 } }
    for (const row of seen) {
      const version = JSON.stringify(row).includes('old') ? 'old' : 'new'
      const { n } = whole[version]
      expect(row).toEqual({ users: [version], people: n, members: [version], memberships: n })
      whole[version].sawn++
    }
    expect(whole.old.sawn).toBeGreaterThan(0)
    expect(whole.new.sawn).toBeGreaterThan(0)
  })

  test('moves past a reader that holds a transaction open, who sees one import throughout with REPEATABLE READ', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    const users = `select sub from ${dataflow.schema}.users`
    const [patient, hasty] = [
      await openReader(url, users, 'repeatable read'),
      await openReader(url, users, 'read committed'),
    ]
    await aPublishedImport(db, dataflow, { users: people('bob') })
    expect([...(await patient.sql.unsafe(users))]).toEqual(people('ada'))
    expect([...(await hasty.sql.unsafe(users))]).toEqual(people('bob'))
    await Promise.all([patient.leave(), hasty.leave()])
  })
})
