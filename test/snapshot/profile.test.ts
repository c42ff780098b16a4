import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Row, TableShape, Treatment } from '../../src/db/table.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import { profileTable } from '../../src/snapshot/profile.ts'
import { createStaging } from '../../src/snapshot/stage.ts'
import { createTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, MEMBERS, type TestDataflow, USERS } from '../support/dataflows.ts'
import { stage } from '../support/imports.ts'

let db: Database
let dataflow: TestDataflow

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

beforeEach(async () => {
  dataflow = await aBareDataflow(db)
})

const SNAPSHOT = 1

/** Stages and finishes a table, and tells what it holds, column by column. */
async function profile(shape: TableShape, ...pages: Row[][]) {
  await createTables(db, dataflow, [shape])
  await createStaging(db, dataflow, SNAPSHOT, [shape])
  for (const rows of pages) await stage(db, dataflow, SNAPSHOT, shape, rows)
  const target = { dataflow, snapshotId: SNAPSHOT, shape }
  await finishTable(db, target)
  const { columns, ...whole } = await profileTable(db, target)
  return { ...whole, ...Object.fromEntries(shape.columns.map(({ name }, at) => [name, columns[at]])) }
}

const day = (text: string) => `${text}T00:00:00+00:00`

const told = (filled: number | null, distinct: number | null, first?: string, last = first) => ({
  ...{ filled, distinct },
  ...{ firstChange: first ? day(first) : null, lastChange: last ? day(last) : null },
})

const [ada, bob, eve] = [
  {
    ...{ sub: 'ada', email: 'a@example.com', verified: true, logins: 1, score: '1.5', identities: [{ a: 1, b: 2 }] },
    last_modified_at: '2026-11-01T23:59:59.999Z',
  },
  {
    ...{ sub: 'bob', email: 'a@example.com', verified: false, logins: 2, score: '1.50', identities: [{ b: 2, a: 1 }] },
    last_modified_at: '2026-11-03T00:00:00Z',
  },
  { sub: 'eve', email: 'e@example.com' },
]

describe('the profile of a table of rows', () => {
  test('counts what is filled and what differs, and knows from when to when it was changed', async () => {
    expect(await profile(USERS, [ada, bob, eve])).toEqual({
      ...{ rows: 3, firstChange: day('2026-11-01'), lastChange: day('2026-11-03') },
      sub: told(3, 3, '2026-11-01', '2026-11-03'),
      email: told(3, 2, '2026-11-01', '2026-11-03'),
      verified: told(2, 2, '2026-11-01', '2026-11-03'),
      logins: told(2, 2, '2026-11-01', '2026-11-03'),
      score: told(2, 1, '2026-11-01', '2026-11-03'),
      last_modified_at: told(2, 2, '2026-11-01', '2026-11-03'),
      identities: told(2, 1, '2026-11-01', '2026-11-03'),
    })
  })

  test('takes for a column only the rows that have it filled', async () => {
    const found = await profile(USERS, [ada, { ...bob, email: null, verified: null }])
    expect(found).toMatchObject({ email: told(1, 1, '2026-11-01'), verified: told(1, 1, '2026-11-01') })
  })

  test('counts a row once that came twice, as it was last', async () => {
    const found = await profile(USERS, [ada, { ...ada, email: 'old', last_modified_at: '2026-10-01T00:00:00Z' }], [ada])
    expect(found).toMatchObject({ rows: 1, email: told(1, 1, '2026-11-01'), lastChange: day('2026-11-01') })
  })

  test('knows no changes of a table that tells none, and tells its rows apart by all of the key', async () => {
    const members = [
      { group_name: 'admins', sub: 'ada' },
      { group_name: 'admins', sub: 'bob' },
    ]
    expect(await profile(MEMBERS, members, members)).toEqual({
      ...{ rows: 2, firstChange: null, lastChange: null },
      group_name: told(2, 1),
      sub: told(2, 2),
    })
  })

  test('of an empty table is nothing, and no failure', async () => {
    expect(await profile(USERS)).toMatchObject({ rows: 0, firstChange: null, sub: told(0, 0), identities: told(0, 0) })
  })

  test.each<[Treatment, ReturnType<typeof told>]>([
    ['drop', told(null, null)],
    ['mask', told(3, null, '2026-11-01', '2026-11-03')],
    ['hash', told(3, 2, '2026-11-01', '2026-11-03')],
  ])('does not pretend to know what the treatment %s took away', async (treatment, expected) => {
    const columns = USERS.columns.map((column) => (column.name === 'email' ? { ...column, treatment } : column))
    expect(await profile({ ...USERS, columns }, [ada, bob, eve])).toMatchObject({ email: expected })
  })
})

describe('the profile of fingerprints', () => {
  const FINGERPRINTS: TableShape = { ...USERS, holds: 'fingerprints' }
  const [first, second] = [
    { sub: '-9223372036854775808', email: '5', last_modified_at: '6', changed_on: '2026-11-01T00:00:00Z' },
    { sub: '9223372036854775807', email: '5', last_modified_at: '7', changed_on: '2026-11-03T00:00:00Z' },
  ]

  test('is told as that of the values that they stand for, doubles and all', async () => {
    const old = { ...first, email: '4', changed_on: '2026-10-01T00:00:00Z' }
    expect(await profile(FINGERPRINTS, [first, second], [old, second])).toEqual({
      ...{ rows: 2, firstChange: day('2026-11-01'), lastChange: day('2026-11-03') },
      sub: told(2, 2, '2026-11-01', '2026-11-03'),
      email: told(2, 1, '2026-11-01', '2026-11-03'),
      ...{ verified: told(0, 0), logins: told(0, 0), score: told(0, 0) },
      last_modified_at: told(2, 2, '2026-11-01', '2026-11-03'),
      identities: told(0, 0),
    })
  })

  test('is made where nobody can look: the table has no parent, no view and no column for a text', async () => {
    await profile(FINGERPRINTS, [first])
    const made =
      await db.execute(sql`select relname, relkind, relispartition, array_agg(distinct t.typname)::text as types
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 join pg_type t on t.oid = a.atttypid
      where relnamespace in (to_regnamespace(${dataflow.schema}), to_regnamespace(${dataflow.snapshotSchema}))
        and relname like 'users%' and relkind <> 'i'
      group by 1, 2, 3`)
    expect(made).toEqual([{ relname: 'users_1', relkind: 'r', relispartition: false, types: '{int8,timestamptz}' }])
  })
})
