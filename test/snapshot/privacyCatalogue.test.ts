import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { TableShape } from '../../src/db/table.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import { cataloguedRows, catalogueTable, dropFingerprints } from '../../src/snapshot/privacyCatalogue.ts'
import { PRIVACY_COLUMNS, PRIVACY_TABLES } from '../../src/snapshot/privacyTables.ts'
import { copyStaged, createStaging } from '../../src/snapshot/stage.ts'
import { createTables, dropTables, widenTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, aDataflow, type TestDataflow, USERS } from '../support/dataflows.ts'
import { people, rowsOf, stage } from '../support/imports.ts'

const CATALOGUED: TableShape = {
  ...USERS,
  purpose: 'All',
  columns: USERS.columns.map((column) =>
    column.name === 'email' ? { ...column, field: 'email', personal: 'contact', treatment: 'mask' } : column,
  ),
}
const FINGERPRINTS: TableShape = { ...CATALOGUED, purpose: 'Privacy-Metadata', holds: 'fingerprints' }
const SHAPES = [CATALOGUED, PRIVACY_COLUMNS, PRIVACY_TABLES]

let db: Database
let dataflow: TestDataflow

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  dataflow = await aBareDataflow(db)
  await createTables(db, dataflow, SHAPES)
})

const target = (shape: TableShape, snapshotId = 1) => ({ dataflow, snapshotId, shape })
const catalogue = (table: string) => rowsOf(db, dataflow.snapshotSchema, `${table}_1`)

async function stageAndFinish(shape: TableShape, shapes: readonly TableShape[], rows = people('1', '2')) {
  await createStaging(db, dataflow, 1, shapes)
  await stage(db, dataflow, 1, shape, rows)
  await finishTable(db, target(shape))
}

describe('the catalogue of a table', () => {
  test('tells of the table, and of every column with its field, kind and treatment', async () => {
    await stageAndFinish(CATALOGUED, SHAPES)
    await catalogueTable(db, target(CATALOGUED))
    expect(await catalogue('privacy_tables')).toEqual([
      {
        ...{ snapshot_id: 1, table_name: 'users', purpose: 'All', rows: 2, columns: 7, personal_columns: 1 },
        ...{ first_change: null, last_change: null },
      },
    ])
    const columns = await catalogue('privacy_columns')
    expect(columns.map(({ column_name }) => column_name)).toEqual(USERS.columns.map(({ name }) => name))
    expect(columns[1]).toEqual({
      ...{ snapshot_id: 1, table_name: 'users', column_name: 'email', source_field: 'email', type: 'text' },
      ...{ personal_kind: 'contact', treatment: 'mask', filled: 0, distinct_values: null },
      ...{ first_change: null, last_change: null },
    })
    expect(columns[0]).toMatchObject({ personal_kind: 'none', treatment: 'keep', filled: 2, distinct_values: 2 })
  })

  test('of fingerprints names the types that the values have', async () => {
    await stageAndFinish(FINGERPRINTS, [FINGERPRINTS, PRIVACY_COLUMNS, PRIVACY_TABLES])
    await catalogueTable(db, target(FINGERPRINTS))
    expect(await catalogue('privacy_tables')).toMatchObject([{ purpose: 'Privacy-Metadata', rows: 2 }])
    const types = (await catalogue('privacy_columns')).map(({ type }) => type)
    expect(types).toEqual(USERS.columns.map(({ type }) => type))
  })

  test('is written once, however many publishers are at it, and stands when the fingerprints are gone', async () => {
    await stageAndFinish(FINGERPRINTS, [FINGERPRINTS, PRIVACY_COLUMNS, PRIVACY_TABLES])
    expect(await cataloguedRows(db, target(FINGERPRINTS))).toBe(null)
    await Promise.all([1, 2, 3].map(() => catalogueTable(db, target(FINGERPRINTS))))
    const [tables, columns] = [await catalogue('privacy_tables'), await catalogue('privacy_columns')]
    await db.transaction((tx) => dropFingerprints(tx, target(FINGERPRINTS)))
    await catalogueTable(db, target(FINGERPRINTS))
    expect(await catalogue('privacy_tables')).toEqual(tables)
    expect(await catalogue('privacy_columns')).toEqual(columns)
    expect(columns).toHaveLength(7)
    expect(await cataloguedRows(db, target(FINGERPRINTS))).toBe(2)
  })

  test('stays behind when a retry takes over the fingerprints, which it counts anew', async () => {
    const shapes = [FINGERPRINTS, PRIVACY_COLUMNS, PRIVACY_TABLES]
    await stageAndFinish(FINGERPRINTS, shapes)
    await catalogueTable(db, target(FINGERPRINTS))
    await createStaging(db, dataflow, 2, shapes)
    await copyStaged(db, dataflow, { from: 1, to: 2 }, shapes)
    expect(await cataloguedRows(db, target(FINGERPRINTS, 2))).toBe(null)
    await stage(db, dataflow, 2, FINGERPRINTS, people('3'))
    await finishTable(db, target(FINGERPRINTS, 2))
    await catalogueTable(db, target(FINGERPRINTS, 2))
    expect(await cataloguedRows(db, target(FINGERPRINTS, 2))).toBe(3)
  })
})

test('a dataflow that was made before there was a catalogue is given its tables and views when it is planned', async () => {
  const old = await aDataflow(db)
  const standing = await widenTables(db, old, [USERS, PRIVACY_COLUMNS, PRIVACY_TABLES])
  expect(standing).toEqual([USERS, PRIVACY_COLUMNS, PRIVACY_TABLES])
  for (const table of ['privacy_columns', 'privacy_tables']) {
    expect(await rowsOf(db, old.schema, table)).toEqual([])
    expect(await rowsOf(db, old.snapshotSchema, table)).toEqual([])
  }
})

test('fingerprints go with their dataflow', async () => {
  await createStaging(db, dataflow, 1, [FINGERPRINTS, PRIVACY_COLUMNS, PRIVACY_TABLES])
  await db.transaction((tx) => dropTables(tx, dataflow))
  expect(await db.execute(sql`select from pg_namespace where nspname = ${dataflow.snapshotSchema}`)).toHaveLength(0)
})

test('fingerprints are given no table and no view when they are planned', async () => {
  const bare = await aBareDataflow(db)
  await createTables(db, bare, [FINGERPRINTS])
  expect(await widenTables(db, bare, [FINGERPRINTS])).toEqual([FINGERPRINTS])
  const made = await db.execute(sql`select from pg_class where relname = 'users'
    and relnamespace in (to_regnamespace(${bare.schema}), to_regnamespace(${bare.snapshotSchema}))`)
  expect(made).toHaveLength(0)
})
