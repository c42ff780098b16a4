import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { TableShape } from '../../src/db/table.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import { REJECTED_ROWS } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, MEMBERS, type TestDataflow, USERS } from '../support/dataflows.ts'
import { people, rowsOf, stage } from '../support/imports.ts'
import { openReader } from '../support/reader.ts'
import { aStreamingRun } from '../support/runs.ts'

let db: Database
let url: string
let dataflow: TestDataflow
let run: number

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
})

beforeEach(async () => {
  dataflow = await aDataflow(db)
  run = await aStreamingRun(db, dataflow)
})

const finish = (shape: TableShape) => finishTable(db, { dataflow, snapshotId: run, shape })
const finished = (shape: TableShape, columns = sql`*`) => rowsOf(db, dataflow.snapshotSchema, shape.table, columns)
const partition = (table: string) =>
  sql`${sql.identifier(dataflow.snapshotSchema)}.${sql.identifier(`${table}_${run}`)}`

describe('finishing a table', () => {
  test('keeps every row where none came twice, under a primary key and with statistics', async () => {
    await stage(db, dataflow, run, USERS, people('ada', 'bob'))
    await finish(USERS)
    expect(await finished(USERS, sql`sub`)).toEqual(people('ada', 'bob'))
    const [state] =
      await db.execute(sql`select reltuples, (select count(*) from pg_index where indrelid = c.oid and indisprimary) as keys
      from pg_class c where relname = ${`users_${run}`} and relnamespace = to_regnamespace(${dataflow.snapshotSchema})`)
    expect(state).toEqual({ reltuples: 2, keys: 1 })
  })

  test('of rows that came twice keeps the newest; one without a time loses, and of equal ones the last staged wins', async () => {
    await stage(db, dataflow, run, USERS, [
      { sub: 'ada', email: 'new', last_modified_at: '2026-11-02T00:00:00Z' },
      { sub: 'ada', email: 'old', last_modified_at: '2026-11-01T00:00:00Z' },
      { sub: 'ada', email: 'timeless' },
      { sub: 'bob', email: 'first', last_modified_at: '2026-11-01T00:00:00Z' },
      { sub: 'bob', email: 'last', last_modified_at: '2026-11-01T00:00:00Z' },
      { sub: 'eve', email: 'once' },
    ])
    await finish(USERS)
    expect(await finished(USERS, sql`sub, email`)).toEqual([
      { sub: 'ada', email: 'new' },
      { sub: 'bob', email: 'last' },
      { sub: 'eve', email: 'once' },
    ])
  })

  test('tells rows apart by all columns of the key', async () => {
    const members = [
      { group_name: 'admins', sub: 'ada' },
      { group_name: 'admins', sub: 'bob' },
      { group_name: 'readers', sub: 'ada' },
    ]
    await stage(db, dataflow, run, MEMBERS, [...members, ...members])
    await finish(MEMBERS)
    expect(await finished(MEMBERS, sql`group_name, sub`)).toEqual(members)
  })

  test('keeps rejected rows as they came, doubles and all', async () => {
    const reject = { table_name: 'users', reason: 'no sub', record: '{}' }
    await stage(db, dataflow, run, REJECTED_ROWS, [reject, reject])
    await finish(REJECTED_ROWS)
    expect(await finished(REJECTED_ROWS)).toHaveLength(2)
  })

  test('does not wait behind a reader that holds a transaction open', async () => {
    await stage(db, dataflow, run, USERS, people('ada'))
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    await finish(USERS)
    await reader.leave()
    expect(await finished(USERS)).toHaveLength(1)
  })
})

describe('a publisher that is killed is followed by another, which finds', () => {
  const doubles = [...people('ada', 'bob'), ...people('ada')]
  const key = () => db.execute(sql`alter table ${partition('users')} add primary key (snapshot_id, sub)`)
  const attach = () =>
    db.execute(sql`alter table ${sql.identifier(dataflow.snapshotSchema)}.users
      attach partition ${partition('users')} for values in (${sql.raw(String(run))})`)

  test.each([
    ['nothing done', doubles, async () => undefined],
    ['the key built', people('ada', 'bob'), key],
    ['the table attached', people('ada', 'bob'), () => key().then(attach)],
    ['all done', doubles, () => finish(USERS)],
  ])('%s', async (_, rows, done) => {
    await stage(db, dataflow, run, USERS, rows)
    await done()
    await finish(USERS)
    expect(await finished(USERS, sql`sub`)).toEqual(people('ada', 'bob'))
  })

  test('its predecessor alive and at it still', async () => {
    await stage(db, dataflow, run, USERS, doubles)
    await Promise.all([finish(USERS), finish(USERS), finish(USERS)])
    expect(await finished(USERS, sql`sub`)).toEqual(people('ada', 'bob'))
  })
})
