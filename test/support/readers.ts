import { sql } from 'drizzle-orm'
import { afterAll } from 'vitest'
import type { Database } from '../../src/db/database.ts'

/**
 * Takes the roles away that a file of tests made: they belong to the server, and would outlive the test's database.
 * @param opened gives the database, which is opened later than this is called
 */
export function takeReadersAway(opened: () => Database): void {
  afterAll(async () => {
    const db = opened()
    const left = await db.execute<{ role: string }>(
      sql`select rolname as role from pg_roles join poolkeeper.readers on role = rolname`,
    )
    for (const { role } of left) {
      await db.execute(sql`drop owned by ${sql.identifier(role)} cascade`)
      await db.execute(sql`drop role ${sql.identifier(role)}`)
    }
  })
}
