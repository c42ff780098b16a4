import { and, eq, inArray, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { Queryable } from '../db/database.ts'
import { type RunState, runs } from '../db/schema/runs.ts'
import { statesBefore } from './states.ts'

/**
 * Moves a run to another state if the table of states allows it from where it is now.
 * @returns false when it doesn't: somebody else was first, which is an ordinary outcome.
 */
export async function moveRun(
  db: Queryable,
  runId: number,
  to: RunState,
  fields: PgUpdateSetSource<typeof runs> = {},
): Promise<boolean> {
  const moved = await db
    .update(runs)
    .set({ ...fields, state: to })
    .where(and(eq(runs.id, runId), inArray(runs.state, statesBefore(to))))
    .returning({ id: runs.id })
  return moved.length === 1
}

/** A worker has begun to plan it. By the database's clock, which tells its end as well. */
export function beginRun(db: Queryable, runId: number): Promise<boolean> {
  return moveRun(db, runId, 'planning', { startedAt: sql`now()` })
}
