import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Column, TableShape } from '../../src/db/table.ts'
import { errorCode } from '../../src/errors.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import { createStaging } from '../../src/snapshot/stage.ts'
import { createTables, dropTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, aDataflow, MEMBERS, USERS } from '../support/dataflows.ts'
import { aFinishedImport, aPublishedImport, people, rowsOf, stage, subsSeen } from '../support/imports.ts'
import { aStreamingRun } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

async function relationsIn(...schemas: string[]): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${schemas} and c.relkind in ('r', 'p', 'v') order by 1`)
  return rows.map(({ name }) => name)
}

describe('making the tables of a dataflow', () => {
  test('makes a view for each, with the columns in their order and without snapshot_id', async () => {
    const { schema } = await aDataflow(db)
    const columns = await db.execute<{ name: string }>(sql`select attname as name from pg_attribute
      where attrelid = to_regclass(${`${schema}.users`}) and attnum > 0 order by attnum`)
    expect(columns.map(({ name }) => name)).toEqual(USERS.columns.map(({ name }) => name))
    expect(await relationsIn(schema)).toEqual([`${schema}.group_members`, `${schema}.users`])
  })

  test('shows nothing before the first publish, though an import is finished', async () => {
    const dataflow = await aDataflow(db)
    await aFinishedImport(db, dataflow, { users: people('ada') })
    expect(await subsSeen(db, dataflow)).toEqual([])
    expect(await rowsOf(db, dataflow.snapshotSchema, 'users')).toHaveLength(1)
  })

  test('made again changes nothing', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    await createTables(db, dataflow, [USERS, MEMBERS])
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })
})

test('a table may have columns that SQL reserves, quotes, or that are as long as Postgres takes', async () => {
  const names = ['select', 'user', 'order', 'Order', 'a "quoted" one', 'a.b', 'c'.repeat(63)]
  const columns = names.map((name): Column => ({ name, type: 'text', comment: `It's ${name}` }))
  const shape: TableShape = { table: 'user', comment: 'Keywords', columns, key: ['select'] }
  const dataflow = await aBareDataflow(db)
  const row = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
  await db.transaction((tx) => createTables(tx, dataflow, [shape]))
  await createStaging(db, dataflow, 1, [shape])
  await stage(db, dataflow, 1, shape, [row])
  await finishTable(db, { dataflow, snapshotId: 1, shape })
  expect(await rowsOf(db, dataflow.snapshotSchema, 'user')).toEqual([{ snapshot_id: 1, ...row }])
})

describe('dropping the tables of a dataflow', () => {
  test('drops views, snapshots and what was being staged, and the schemas with them', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    await aStreamingRun(db, dataflow)
    await db.transaction((tx) => dropTables(tx, dataflow))
    expect(await db.execute(sql`select 1 from pg_namespace where starts_with(nspname, ${dataflow.schema})`)).toEqual([])
  })

  test('leaves the tables of another dataflow alone', async () => {
    const [dataflow, other] = [await aDataflow(db), await aDataflow(db)]
    const before = await relationsIn(other.schema, other.snapshotSchema)
    await db.transaction((tx) => dropTables(tx, dataflow))
    expect(await relationsIn(other.schema, other.snapshotSchema)).toEqual(before)
  })

  test.each([
    ['in another schema', 'report'],
    ['beside ours', null],
  ])("is refused while somebody's view %s needs ours, and names it", async (_, ownSchema) => {
    const dataflow = await aDataflow(db)
    await db.execute(sql`create schema if not exists report`)
    const view = `${ownSchema ?? dataflow.schema}.a_daily_${dataflow.schema}`
    await db.execute(sql`create view ${sql.raw(view)} as select sub from ${sql.identifier(dataflow.schema)}.users`)
    const before = await relationsIn(dataflow.schema, dataflow.snapshotSchema)

    const refusal = await db.transaction((tx) => dropTables(tx, dataflow)).catch((error: unknown) => error)

    expect(errorCode(refusal)).toBe('2BP01')
    expect(refusal).toHaveProperty('cause.detail', expect.stringContaining(`view ${view} depends on view`))
    expect(await relationsIn(dataflow.schema, dataflow.snapshotSchema)).toEqual(before)
  })
})
