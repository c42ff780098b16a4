import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../src/db/database.ts'
import { type DataflowSchemas, qualified } from '../src/snapshot/tables.ts'
import { median } from './bench.ts'

/** What a query costs through the published view, divided by what it costs straight on the snapshot's partition. */
export interface Readers {
  readonly oneUser: number
  readonly allUsers: number
}

export async function measureReaders(db: Database, dataflow: DataflowSchemas, snapshot: number): Promise<Readers> {
  const view = qualified(dataflow.schema, 'users')
  const partition = qualified(dataflow.snapshotSchema, `users_${snapshot}`)
  const [somebody] = await db.execute<{ sub: string }>(sql`select sub from ${partition} offset 1000 limit 1`)
  const oneUser = (from: SQL) => sql`select * from ${from} where sub = ${somebody?.sub}`
  const allUsers = (from: SQL) => sql`select status, count(*), max(last_modified_at) from ${from} group by status`
  return {
    oneUser: await ratio(db, oneUser(view), oneUser(partition), 1_000),
    allUsers: await ratio(db, allUsers(view), allUsers(partition), 11),
  }
}

/** In turns, so that whatever else the machine does meets both. */
async function ratio(db: Database, one: SQL, other: SQL, times: number): Promise<number> {
  const took: { one: number[]; other: number[] } = { one: [], other: [] }
  for (let i = 0; i < times; i++) {
    took.one.push(await timed(db, one))
    took.other.push(await timed(db, other))
  }
  return median(took.one) / median(took.other)
}

async function timed(db: Database, query: SQL): Promise<number> {
  const began = performance.now()
  await db.execute(query)
  return performance.now() - began
}
