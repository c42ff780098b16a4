import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'

/**
 * Forgets the tasks of runs that ended more than a week ago: their figures stand in the run, and a nightly import of
 * 10,000 groups makes 3.7 million tasks a year.
 * @returns how many tasks went.
 */
export async function pruneTasks(db: Database): Promise<number> {
  const pruned = await db.execute(sql`delete from poolkeeper.tasks where id in (
      select t.id from poolkeeper.tasks t join poolkeeper.runs r on r.id = t.run_id
      where r.finished_at < now() - interval '7 days' limit 10000)
    returning id`)
  return pruned.length
}
