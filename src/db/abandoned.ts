import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

/** Nobody of ours needs longer between the two parts of a statement: as long as a transaction may say nothing. */
const PATIENCE_MS = 15_000

/**
 * Ends our backends that wait for a client in the middle of a statement. postgres.js sends one in two parts; where the
 * client is cut off in between, neither idle_in_transaction_session_timeout nor statement_timeout ends it (measured on 18),
 * only TCP, two hours later; until then it holds locks on the tables of a run, which can't be published.
 * @returns how many were ended
 */
export async function endAbandonedStatements(db: Database, patienceMs = PATIENCE_MS): Promise<number> {
  const ended = await db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and application_name like 'poolkeeper %'
      and state = 'active' and wait_event = 'ClientRead'
      and state_change < clock_timestamp() - ${patienceMs} * interval '1 millisecond'`)
  return ended.length
}
