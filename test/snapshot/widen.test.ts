import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Column, TableShape } from '../../src/db/table.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { widenTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, USERS } from '../support/dataflows.ts'
import { aPublishedImport, people, rowsOf, subsSeen } from '../support/imports.ts'
import { openReader } from '../support/reader.ts'

const CITY: Column = { name: 'custom_city', type: 'text', comment: "The user's city" }

let db: Database
let url: string

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
})

const usersWith = (...columns: Column[]): TableShape => ({ ...USERS, columns: [...USERS.columns, ...columns] })

describe('widening tables', () => {
  test('adds the columns that are missing, to the view as well', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    await widenTables(db, dataflow, [usersWith(CITY)])
    expect(await rowsOf(db, dataflow.schema, 'users', sql`sub, custom_city`)).toEqual([
      { sub: 'ada', custom_city: null },
    ])
    await aPublishedImport(db, dataflow, { users: people('bob') })
    expect(await rowsOf(db, dataflow.schema, 'users', sql`sub, custom_city`)).toEqual([
      { sub: 'bob', custom_city: null },
    ])
  })

  test('leaves older snapshots readable', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    await widenTables(db, dataflow, [usersWith(CITY)])
    await rollback(db, { dataflow, by: 'ada', keepSchedule: true })
    expect(await rowsOf(db, dataflow.schema, 'users', sql`sub, custom_city`)).toEqual([
      { sub: 'ada', custom_city: null },
    ])
  })

  test('leaves grants and the views that somebody built on ours as they were', async () => {
    const dataflow = await aDataflow(db)
    const role = sql.identifier(`analyst_${dataflow.schema}_${Date.now()}`)
    await db.execute(sql.raw('create schema report'))
    await db.execute(sql`create role ${role}`)
    await db.execute(sql`grant usage on schema ${sql.identifier(dataflow.schema)} to ${role}`)
    await db.execute(sql`grant select on ${sql.identifier(dataflow.schema)}.users to ${role}`)
    await db.execute(sql`create view report.users as select * from ${sql.identifier(dataflow.schema)}.users`)
    await aPublishedImport(db, dataflow, { users: people('ada') })

    await widenTables(db, dataflow, [usersWith(CITY)])

    expect(await rowsOf(db, 'report', 'users', sql`sub`)).toEqual([{ sub: 'ada' }])
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local role ${role}`)
      const columns = sql`sub, custom_city`
      expect(await tx.execute(sql`select ${columns} from ${sql.identifier(dataflow.schema)}.users`)).toHaveLength(1)
    })
    await db.execute(sql`drop owned by ${role}`)
    await db.execute(sql`drop role ${role}`)
  })

  test('keeps the type that a column was first given, and says which it would have otherwise', async () => {
    const dataflow = await aDataflow(db)
    await widenTables(db, dataflow, [usersWith(CITY)])
    const [standing] = await widenTables(db, dataflow, [usersWith({ ...CITY, type: 'numeric' })])
    expect(standing).toEqual(usersWith({ ...CITY, declared: 'numeric' }))
  })

  test('of two at once lets both through', async () => {
    const dataflow = await aDataflow(db)
    const street = { ...CITY, name: 'custom_street' }
    await Promise.all([
      widenTables(db, dataflow, [usersWith(CITY, street)]),
      widenTables(db, dataflow, [usersWith(CITY, street)]),
    ])
    expect(await rowsOf(db, dataflow.schema, 'users', sql`custom_city, custom_street`)).toEqual([])
  })

  test('touches nothing where nothing is missing, whoever reads', async () => {
    const dataflow = await aDataflow(db)
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    expect(await widenTables(db, dataflow, [USERS])).toEqual([USERS])
    await reader.leave()
  })

  test('lets new readers pass while it waits for one with a transaction open, and goes through when that has left', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    const widened = widenTables(db, dataflow, [usersWith(CITY)])
    await vi.waitFor(async () => expect(await waiting(db)).toBe(1), { interval: 5 })
    // would wait for the first reader, who only leaves afterwards, if the widening kept its place in the queue
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
    await reader.leave()
    const [standing] = await widened
    expect(standing?.columns).toContainEqual(CITY)
  })
})

async function waiting(db: Database): Promise<number> {
  const rows = await db.execute(sql`select 1 from pg_locks l join pg_database d on d.oid = l.database
    where not l.granted and l.mode = 'AccessExclusiveLock' and d.datname = current_database()`)
  return rows.length
}
