import { sql } from 'drizzle-orm'
import type { Queryable } from './database.ts'

/** Postgres's clock: the one that all processes share, and by which whatever depends on time is decided. */
export async function databaseTime(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select to_json(clock_timestamp()) as now`)
  return new Date(row?.now ?? Number.NaN)
}
