import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { runs } from '../db/schema/runs.ts'
import { lockRun } from './tasks.ts'

/**
 * Locks what the end of a run may touch, in the order in which everybody locks: its dataflow, the run, the held ones
 * that it may replace. Before the pointer: an approval locks the held run first as well, and moves the pointer then.
 * @returns the run; undefined when there is none.
 */
export async function lockToEnd(tx: Transaction, runId: number): Promise<typeof runs.$inferSelect | undefined> {
  await tx
    .select({ id: dataflows.id })
    .from(dataflows)
    .where(eq(dataflows.id, dataflowOf(runId)))
    .for('key share')
  const run = await lockRun(tx, runId)
  await lockHeldBefore(tx, runId)
  return run
}

/** Locks the held runs that are older than a run of the same dataflow, newest first, and gives their ids. */
export async function lockHeldBefore(db: Queryable, runId: number): Promise<number[]> {
  const held = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.dataflowId, dataflowOf(runId)), eq(runs.state, 'held'), lt(runs.id, runId)))
    .orderBy(desc(runs.id))
    .for('update')
  return held.map(({ id }) => id)
}

const dataflowOf = (runId: number) => sql`(select dataflow_id from poolkeeper.runs where id = ${runId})`
