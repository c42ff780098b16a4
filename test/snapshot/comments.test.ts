import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Column, TableShape } from '../../src/db/table.ts'
import { commentTables } from '../../src/snapshot/comments.ts'
import { widenTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow, USERS } from '../support/dataflows.ts'
import { openReader } from '../support/reader.ts'

let db: Database
let url: string

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
})

/** Every comment on the tables and views of a dataflow, and where one is missing. */
async function comments({ schema, snapshotSchema }: TestDataflow): Promise<Record<string, string | null>> {
  const rows = await db.execute<{ place: string; comment: string | null }>(sql`
    select concat_ws('.', n.nspname, c.relname, a.attname) as place,
      case when a.attnum is null then obj_description(c.oid, 'pg_class') else col_description(c.oid, a.attnum) end as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join lateral (select null as attname, null as attnum union all
      select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0) a on true
    where n.nspname in (${schema}, ${snapshotSchema}) and c.relkind in ('p', 'v')`)
  return Object.fromEntries(rows.map(({ place, comment }) => [place, comment]))
}

const usersWith = (column: Column): TableShape => ({ ...USERS, columns: [...USERS.columns, column] })
const CITY: Column = { name: `it's "the" city\\`, type: 'text', comment: `custom:it's "the" city\\` }

describe('the comments', () => {
  test('stand on every table, view and column from the beginning', async () => {
    const dataflow = await aDataflow(db)
    const { schema, snapshotSchema } = dataflow
    const found = await comments(dataflow)
    expect(Object.entries(found).filter(([, comment]) => !comment)).toEqual([])
    expect(found).toMatchObject({
      [`${schema}.users`]: 'The users',
      [`${schema}.users.identities`]: "Somebody else's JSON",
      [`${snapshotSchema}.users`]: 'The users, one partition a snapshot',
      [`${snapshotSchema}.users.email`]: 'The address',
      [`${snapshotSchema}.users.snapshot_id`]: 'The run that read the row',
      [`${snapshotSchema}.rejected_rows.reason`]: 'Why it could not become a row',
    })
  })

  test('follow the shapes, whatever a column is called', async () => {
    const dataflow = await aDataflow(db)
    await widenTables(db, dataflow, [usersWith(CITY)])
    const masked = { ...usersWith(CITY), comment: 'The users (masked: city)' }
    await commentTables(db, dataflow, [masked], { described: true })
    expect(await comments(dataflow)).toMatchObject({
      [`${dataflow.schema}.users`]: 'The users (masked: city)',
      [`${dataflow.schema}.users.${CITY.name}`]: CITY.comment,
      [`${dataflow.snapshotSchema}.users.${CITY.name}`]: CITY.comment,
    })
  })

  test('say of a column that the pool has lost it, once, and no more when it is back', async () => {
    const dataflow = await aDataflow(db)
    await widenTables(db, dataflow, [usersWith(CITY)])
    const place = `${dataflow.schema}.users.${CITY.name}`
    const commentAfter = async (shape: TableShape, described = true) => {
      await commentTables(db, dataflow, [shape], { described })
      return (await comments(dataflow))[place]
    }
    expect(await commentAfter(usersWith(CITY))).toBe(CITY.comment)
    expect(await commentAfter(USERS, false)).toBe(CITY.comment)
    const gone = `Not in the pool's schema any more, and empty since: ${CITY.comment}`
    expect([await commentAfter(USERS), await commentAfter(USERS)]).toEqual([gone, gone])
    expect(await commentAfter(usersWith(CITY))).toBe(CITY.comment)
  })

  test('are written past a reader with an open transaction, and only where they differ', async () => {
    const dataflow = await aDataflow(db)
    const reader = await openReader(url, `select * from ${dataflow.schema}.users`)
    const written = async () => {
      const [row] = await db.execute(sql`select xmin::text from pg_description
        where objoid = to_regclass(${`${dataflow.schema}.users`}) and objsubid = 1`)
      return row
    }
    const before = await written()
    const shape = { ...USERS, comment: 'Other users' }
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local lock_timeout = '1s'`)
      await commentTables(tx, dataflow, [shape], { described: true })
    })
    expect((await comments(dataflow))[`${dataflow.schema}.users`]).toBe('Other users')
    expect(await written()).toEqual(before)
    await reader.leave()
  })
})
