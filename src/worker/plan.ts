import { eq, TransactionRollbackError } from 'drizzle-orm'
import { describePool, type PoolDescription } from '../cognito/describe.ts'
import { streamLabel } from '../cognito/shards.ts'
import type { Database, Transaction } from '../db/database.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import { runs } from '../db/schema/runs.ts'
import { snapshots } from '../db/schema/snapshots.ts'
import type { StreamSource } from '../db/schema/tasks.ts'
import { lockLeftovers, takeOverStreams } from '../run/leftovers.ts'
import { logRun } from '../run/log.ts'
import { beginRun, moveRun } from '../run/move.ts'
import { addNotes } from '../run/notes.ts'
import { addStreams, type Claim, finishTask, lockRun, markMoved, publishWhenAllRead } from '../run/tasks.ts'
import { describeChanges } from '../snapshot/describeChanges.ts'
import { publishedSnapshot } from '../snapshot/pointer.ts'
import { lastPlannedShapes } from '../snapshot/shapes.ts'
import { copyStaged, createStaging } from '../snapshot/stage.ts'
import type { Outcome, WorkContext } from './context.ts'
import { describeQuotas, describeStreams } from './describePlan.ts'
import { learnLimits } from './learnLimits.ts'
import { notesOnMissing } from './optIn.ts'
import { prepareTables } from './prepareTables.ts'
import { type Choice, chooseTables, tablesToRead } from './someTables.ts'

/** What Cognito says of the pool, the tables for it, and which of them are read. */
interface Outline extends Choice {
  readonly pool: PoolDescription
  /** Out of which quotas it is read, for the log. */
  readonly quotas: string
}

/**
 * Plans a run: describes the pool, prepares the tables for what it is now, and in one transaction makes the snapshot's
 * and writes down the streams. Killed anywhere before that, it is simply planned again.
 */
export async function plan(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  const { db } = context
  if (await beginRun(db, claim.run.id)) await logRun(db, claim.run.id, `Begun by ${claim.task.claimedBy}.`)
  const pool = await describePool(context.pool, signal)
  const [shapes] = await Promise.all([prepareTables(context, pool), learnLimits(context, signal)])
  const choice = await chooseTables(context, claim.run.tables, shapes)
  const quotas = await describeQuotas(context, choice.shapes)
  const watched = { name: `plan ${claim.run.id}`, signal, onWork: () => markMoved(db, claim) }
  return onOwnConnection(db, watched, (own) => writeDown(own, context, claim, { pool, quotas, ...choice }))
}

/**
 * The run's row is locked last: rows of a failed run may take minutes to copy, and whoever wants to cancel does not wait
 * for them. So it turns out last as well whether the claim was lost, and then the tables go again with the transaction.
 */
async function writeDown(own: Database, context: WorkContext, claim: Claim, outline: Outline): Promise<Outcome> {
  try {
    return await own.transaction<Outcome>(async (tx) => {
      const continues = await beginTables(tx, context, claim, outline)
      await lockRun(tx, claim.run.id)
      if (!(await finishTask(tx, claim, context.pool.takeCounts()))) tx.rollback()
      const before = await lastPlannedShapes(tx, context.dataflow.id)
      const missing = notesOnMissing(outline.shapes, outline.pool)
      await addNotes(tx, claim.run.id, [...describeChanges(before, outline.shapes), ...outline.notes, ...missing])
      await tx.insert(snapshots).values({ id: claim.run.id, dataflowId: context.dataflow.id, tables: outline.shapes })
      await recordPlan(tx, context, claim, { ...outline, continues })
      await beginStreams(tx, claim, { ...outline, continues })
      return 'done'
    })
  } catch (error) {
    if (error instanceof TransactionRollbackError) return 'lost'
    throw error
  }
}

/** @returns the failed run whose rows are in the tables now; null when this one reads everything. */
async function beginTables(
  tx: Transaction,
  { dataflow, pool }: WorkContext,
  { run }: Claim,
  { shapes }: Outline,
): Promise<number | null> {
  const { id: to, continues: from } = run
  const goesOn = from !== null && (await lockLeftovers(tx, from, { poolId: pool.poolId, shapes }))
  await createStaging(tx, dataflow, to, shapes)
  if (!goesOn) return null
  await copyStaged(tx, dataflow, { from, to }, shapes)
  return from
}

type Beginning = Outline & { readonly continues: number | null }

async function beginStreams(tx: Transaction, { run }: Claim, { continues, ...outline }: Beginning): Promise<void> {
  if (continues === null) {
    const streams = streamsFor(outline)
    await addStreams(tx, run.id, streams)
    const read = streams.map(({ stream }) => stream)
    await logRun(tx, run.id, describeStreams(read, outline.pool.estimatedUsers))
  } else {
    await takeOverStreams(tx, { from: continues, to: run.id })
    await logRun(tx, run.id, `It goes on from where run ${continues} stopped, with the rows that were read.`)
  }
  await logRun(tx, run.id, outline.quotas)
  await publishWhenAllRead(tx, run.id)
}

/** Two tables may want the same stream: it is added once. Opt-in tables go by the users, so they are read last (`optIn.ts`). */
function streamsFor({ pool, shapes }: Outline): { stream: StreamSource; label: string }[] {
  return tablesToRead(shapes)
    .filter(({ optIn }) => !optIn)
    .flatMap((table) => table.streams(pool))
    .map((stream) => ({ stream, label: streamLabel(stream) }))
}

async function recordPlan(
  tx: Transaction,
  { dataflow, pool }: WorkContext,
  { run }: Claim,
  { pool: described, continues }: Beginning,
): Promise<void> {
  await moveRun(tx, run.id, 'streaming')
  await tx
    .update(runs)
    .set({
      baseSnapshotId: await publishedSnapshot(tx, dataflow.id),
      estimatedUsers: described.estimatedUsers,
      accountId: described.accountId,
      poolId: pool.poolId,
      continues,
    })
    .where(eq(runs.id, run.id))
}
