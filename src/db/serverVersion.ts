import { sql } from 'drizzle-orm'
import type { Queryable } from './database.ts'

/** Postgres's version, without what a distribution adds to it: `17.2`. */
export async function serverVersion(db: Queryable): Promise<string> {
  const [row] = await db.execute<{ version: string }>(sql`select current_setting('server_version') as version`)
  return row?.version.split(' ')[0] ?? 'unknown'
}
