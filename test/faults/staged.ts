import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'

/**
 * As many rows are staged as the checkpoints have counted, in one look at both.
 * @param schema of the dataflow, whose run reads users and nothing else that is not ended
 */
export async function expectRowsAsCounted(db: Database, schema: string, run: number): Promise<void> {
  const [found] = await db.execute<{ staged: number; counted: number }>(sql`select
    (select count(*) from ${sql.identifier(`${schema}_snapshots`)}.${sql.identifier(`users_${run}`)}) as staged,
    (select sum(rows) from poolkeeper.tasks where run_id = ${run} and stream->>'source' = 'users') as counted`)
  expect(Number(found?.staged), `rows of users_${run}`).toBe(Number(found?.counted))
}
