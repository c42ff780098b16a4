import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Row } from '../../src/db/table.ts'
import { compareColumns, compareTable, type TableChange } from '../../src/snapshot/compare.ts'
import { compareSnapshots } from '../../src/snapshot/diff.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, MEMBERS, USERS } from '../support/dataflows.ts'
import { aFinishedImport, aHeldImport, aPublishedImport, people } from '../support/imports.ts'
import { aStreamingRun, fail } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

/** Two imports of the users, and how they differ. */
async function change(before: readonly Row[], after: readonly Row[]): Promise<Omit<TableChange, 'table'>> {
  const dataflow = await aDataflow(db)
  const from = await aPublishedImport(db, dataflow, { users: before })
  const to = await aFinishedImport(db, dataflow, { users: after })
  const { table: _, ...counts } = await compareTable(db, dataflow, USERS, { from, to })
  return counts
}

describe('comparing two snapshots of a table', () => {
  test('counts what was added, removed and changed', async () => {
    const before = [{ sub: 'stays' }, { sub: 'goes' }, { sub: 'goes too' }, { sub: 'changes', email: 'old' }]
    const after = [{ sub: 'stays' }, { sub: 'changes', email: 'new' }, { sub: 'comes' }]
    expect(await change(before, after)).toEqual({ rows: 3, added: 1, removed: 2, changed: 1 })
  })

  test('takes null for a value like any other', async () => {
    const before = [{ sub: 'null to null' }, { sub: 'null to text' }, { sub: 'text to null', email: 'x' }]
    const after = [{ sub: 'null to null' }, { sub: 'null to text', email: 'x' }, { sub: 'text to null' }]
    expect(await change(before, after)).toEqual({ rows: 3, added: 0, removed: 0, changed: 2 })
  })

  test('compares values, not how they were written', async () => {
    const utc = '2026-11-01T12:00:00Z'
    const before = [{ sub: 'a', score: '1.50', identities: { a: 1, b: [2] }, last_modified_at: utc }]
    const same = [
      { sub: 'a', score: '1.5', identities: { b: [2], a: 1 }, last_modified_at: '2026-11-01T13:00:00+01:00' },
    ]
    const other = [{ sub: 'a', score: '1.5', identities: { b: [2, 3], a: 1 }, last_modified_at: utc }]
    expect(await change(before, same)).toMatchObject({ changed: 0 })
    expect(await change(before, other)).toMatchObject({ changed: 1 })
  })

  test('counts every row as added where nothing was ever published, and as removed where nothing came', async () => {
    const dataflow = await aDataflow(db)
    const to = await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    const first = await compareTable(db, dataflow, USERS, { from: null, to })
    expect(first).toEqual({ table: 'users', rows: 2, added: 2, removed: 0, changed: 0 })
    expect(await change(people('ada', 'bob'), [])).toEqual({ rows: 0, added: 0, removed: 2, changed: 0 })
  })

  test('counts a row whose key has changed as one removed and one added', async () => {
    const dataflow = await aDataflow(db)
    const from = await aPublishedImport(db, dataflow, { members: [{ group_name: 'admins', sub: 'ada' }] })
    const to = await aFinishedImport(db, dataflow, { members: [{ group_name: 'readers', sub: 'ada' }] })
    const changes = await compareTable(db, dataflow, MEMBERS, { from, to })
    expect(changes).toEqual({ table: 'group_members', rows: 1, added: 1, removed: 1, changed: 0 })
  })
})

describe('comparing two snapshots of a table by column', () => {
  const columnsOf = async (before: readonly Row[], after: readonly Row[]) => {
    const dataflow = await aDataflow(db)
    const from = await aPublishedImport(db, dataflow, { users: before })
    const to = await aFinishedImport(db, dataflow, { users: after })
    return (await compareColumns(db, dataflow, USERS, { from, to })).columns
  }

  test('counts the rows in which each differs, those of most rows first', async () => {
    const before = [{ sub: 'a', email: 'old' }, { sub: 'b', logins: 1, email: 'old' }, ...people('goes', 'stays')]
    const after = [{ sub: 'a', email: 'new' }, { sub: 'b', logins: 2 }, { sub: 'comes', score: 1 }, ...people('stays')]
    expect(await columnsOf(before, after)).toEqual([
      { column: 'email', changed: 2 },
      { column: 'logins', changed: 1 },
    ])
  })

  test('names none of a table that is nothing but its key', async () => {
    const dataflow = await aDataflow(db)
    const from = await aPublishedImport(db, dataflow, { members: [{ group_name: 'admins', sub: 'ada' }] })
    const to = await aFinishedImport(db, dataflow)
    expect(await compareColumns(db, dataflow, MEMBERS, { from, to })).toMatchObject({ removed: 1, columns: [] })
  })
})

describe('comparing two kept snapshots', () => {
  test('takes the published one and the one before it, unless told which', async () => {
    const dataflow = await aDataflow(db)
    const first = await aPublishedImport(db, dataflow, { users: people('ada') })
    const second = await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    const third = await aPublishedImport(db, dataflow, { users: people('ada', 'bob', 'eve', 'kim') })
    const none = { table: 'group_members', rows: 0, added: 0, removed: 0, changed: 0, columns: [] }
    expect(await compareSnapshots(db, dataflow, {})).toEqual({
      from: second,
      to: third,
      tables: [{ table: 'users', rows: 4, added: 2, removed: 0, changed: 0, columns: [] }, none],
    })
    expect(await compareSnapshots(db, dataflow, { from: third, to: first })).toEqual({
      from: third,
      to: first,
      tables: [{ table: 'users', rows: 1, added: 0, removed: 3, changed: 0, columns: [] }, none],
    })
  })

  test('is refused where there are no two, or one of them is not kept', async () => {
    const dataflow = await aDataflow(db)
    const refusal = { code: 'not-found', remedy: expect.stringContaining(`poolkeeper snapshots ${dataflow.name}`) }
    await expect(compareSnapshots(db, dataflow, {})).rejects.toMatchObject(refusal)
    const kept = await aPublishedImport(db, dataflow)
    await expect(compareSnapshots(db, dataflow, {})).rejects.toMatchObject(refusal)
    const held = await aHeldImport(db, dataflow)
    const failed = await aStreamingRun(db, dataflow)
    await fail(db, failed)
    for (const to of [held, failed, 999_999]) {
      await expect(compareSnapshots(db, dataflow, { from: kept, to })).rejects.toMatchObject(refusal)
    }
  })

  test("never reaches into another dataflow's snapshots", async () => {
    const [dataflow, other] = [await aDataflow(db), await aDataflow(db)]
    const own = await aPublishedImport(db, dataflow)
    const foreign = await aPublishedImport(db, other)
    await expect(compareSnapshots(db, dataflow, { from: own, to: foreign })).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
