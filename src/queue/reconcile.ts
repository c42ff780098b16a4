import { and, eq, lt, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { tasks } from '../db/schema/tasks.ts'
import { LIVE_STATES, type TaskQueues, taskJobId } from './queues.ts'

/** A job that was added a moment ago may not be seen yet by a replica, or be between two states. */
const GRACE = sql.raw(`interval '3 seconds'`)
const BATCH = 1_000

/**
 * Finds tasks that were dispatched and have no live job any more (Redis was flushed or lost, or the job failed outside
 * our code) and lets them be dispatched again, from their checkpoints. A task whose job lives after all loses nothing by
 * a second one: its claim fences the first.
 * @param after looks at tasks with a higher id than this; for going through many of them in rounds.
 * @returns how many tasks were set free, and where the next round goes on (0: at the beginning).
 */
export async function reconcileTasks(
  db: Database,
  queues: TaskQueues,
  after = 0,
): Promise<{ freed: number; next: number }> {
  const dispatched = await db
    .select({ id: tasks.id, kind: tasks.kind, delivery: tasks.delivery })
    .from(tasks)
    .where(and(eq(tasks.state, 'ready'), lt(tasks.dispatchedAt, sql`now() - ${GRACE}`), sql`${tasks.id} > ${after}`))
    .orderBy(tasks.id)
    .limit(BATCH)
  const states = await Promise.all(dispatched.map((task) => queues[task.kind].getJobState(taskJobId(task))))
  const orphans = dispatched.filter((_, index) => !LIVE_STATES.has(states[index] ?? 'unknown'))
  const freed = orphans.length === 0 ? 0 : await setFree(db, orphans)
  return { freed, next: dispatched.length === BATCH ? (dispatched.at(-1)?.id ?? 0) : 0 }
}

/** But those that another scheduler has set free meanwhile, and those that somebody works at: their turn is the next round. */
async function setFree(db: Database, orphans: readonly { id: number; delivery: number }[]): Promise<number> {
  const freed = await db.execute(sql`update poolkeeper.tasks t set dispatched_at = null
    from (select t.id from poolkeeper.tasks t
      join json_to_recordset(${JSON.stringify(orphans)}) as orphan (id bigint, delivery integer)
        on t.id = orphan.id and t.delivery = orphan.delivery
      where t.state = 'ready' and t.dispatched_at is not null for update of t skip locked) orphan
    where t.id = orphan.id returning t.id`)
  return freed.length
}
