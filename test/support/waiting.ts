import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'

/** Whether anybody waits for somebody else's lock in this database. */
export async function somebodyWaits(db: Database): Promise<boolean> {
  const [row] = await db.execute<{ waits: boolean }>(sql`select exists (
    select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()) as waits`)
  return row?.waits ?? false
}
