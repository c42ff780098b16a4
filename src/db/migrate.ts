import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import type { Database } from './database.ts'

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url))

/** The advisory lock that migrating processes take turns by; any number that nothing else in the database uses. */
const LOCK = 7_300_000_001

/**
 * Brings the control tables up to this version; forward only, all of it or nothing. Processes that start together take
 * turns by a lock of the transaction: a session's would not survive a pooler that hands each transaction to another one.
 */
export async function migrate(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    // whoever is at it may take longer than anybody waits for a lock elsewhere
    await tx.execute(sql`set local lock_timeout = 0`)
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    await runMigrations(tx, { migrationsFolder: MIGRATIONS })
  })
}

/** How many migrations of this version the database has not had yet; all of them when it has none of our tables. */
export async function pendingMigrations(db: Database): Promise<number> {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS }).map(({ folderMillis }) => folderMillis)
  const [{ recorded } = { recorded: null }] = await db.execute<{ recorded: string | null }>(
    sql`select to_regclass('drizzle.__drizzle_migrations')::text as recorded`,
  )
  if (!recorded) return known.length
  const [row] = await db.execute<{ latest: number }>(
    sql`select coalesce(max(created_at), 0) as latest from drizzle.__drizzle_migrations`,
  )
  return known.filter((time) => time > (row?.latest ?? 0)).length
}
