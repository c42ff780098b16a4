import { eq } from 'drizzle-orm'
import { CATALOGUE } from '../cognito/catalogue.ts'
import { describePool, type PoolDescription } from '../cognito/describe.ts'
import { userStreams } from '../cognito/shards.ts'
import type { Transaction } from '../db/database.ts'
import { runs, type StreamSource, snapshots } from '../db/schema.ts'
import type { TableShape } from '../db/table.ts'
import { beginRun, moveRun } from '../run/move.ts'
import { addStreams, type Claim, finishTask, lockRun } from '../run/tasks.ts'
import { publishedSnapshot } from '../snapshot/pointer.ts'
import { createStaging } from '../snapshot/stage.ts'
import { widenTables } from '../snapshot/tables.ts'
import type { Outcome, WorkContext } from './context.ts'

/**
 * Plans a run: describes the pool, gives the tables the columns that its schema has gained, and in one transaction makes
 * the snapshot's tables and writes down the streams. Killed anywhere before that, it is simply planned again.
 */
export async function plan(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  const { db, dataflow } = context
  await beginRun(db, claim.run.id)
  const pool = await describePool(context.pool, signal)
  const shapes = await widenTables(db, dataflow, shapesFor(context, pool))
  return db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await finishTask(tx, claim, context.pool.takeCounts()))) return 'lost'
    await beginSnapshot(tx, context, claim, shapes)
    await addStreams(tx, claim.run.id, streamsFor(context, pool))
    await recordPlan(tx, dataflow.id, claim, pool)
    return 'done'
  })
}

function shapesFor({ dataflow }: WorkContext, pool: PoolDescription): TableShape[] {
  return dataflow.tables.map(({ source }) => CATALOGUE[source].shape(pool.attributes))
}

/** The groups are read for their members' sake as well: their stream finds the streams of the members. */
function streamsFor({ dataflow }: WorkContext, pool: PoolDescription): { stream: StreamSource; label: string }[] {
  const sources = new Set<string>(dataflow.tables.map(({ source }) => source))
  const users = sources.has('users') ? userStreams(pool.estimatedUsers) : []
  const groups = sources.has('groups') || sources.has('group_members') ? [{ source: 'groups' as const }] : []
  return [...users, ...groups].map((stream) => ({ stream, label: labelOf(stream) }))
}

function labelOf(stream: StreamSource): string {
  return stream.source === 'users' && stream.prefix ? `users · ${stream.prefix}` : stream.source
}

async function beginSnapshot(
  tx: Transaction,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
): Promise<void> {
  await tx.insert(snapshots).values({ id: run.id, dataflowId: dataflow.id, tables: shapes })
  await createStaging(tx, dataflow, run.id, shapes)
}

async function recordPlan(tx: Transaction, dataflowId: number, { run }: Claim, pool: PoolDescription): Promise<void> {
  await moveRun(tx, run.id, 'streaming')
  await tx
    .update(runs)
    .set({
      baseSnapshotId: await publishedSnapshot(tx, dataflowId),
      estimatedUsers: pool.estimatedUsers,
      accountId: pool.accountId,
    })
    .where(eq(runs.id, run.id))
}
