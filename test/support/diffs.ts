import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'

/** How many comparisons of snapshots wait for a lock that the test holds. */
export async function diffsWaiting(db: Database): Promise<number> {
  const rows = await db.execute(sql`select from pg_stat_activity
    where datname = current_database() and application_name like 'poolkeeper diff%' and wait_event_type = 'Lock'`)
  return rows.length
}
