import { eq } from 'drizzle-orm'
import { describePool } from '../cognito/describe.ts'
import { shardsAreHonest } from '../cognito/shards.ts'
import type { Database, Transaction } from '../db/database.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import { runs, runTables } from '../db/schema.ts'
import type { TableShape } from '../db/table.ts'
import type { CauseCode } from '../errors.ts'
import { endRun } from '../run/end.ts'
import { readUsersAsOneStream, usersFromShards } from '../run/fallback.ts'
import { type Claim, finishTask, lockRun, markMoved, stillHolds } from '../run/tasks.ts'
import { compareTable, type TableChange } from '../snapshot/compare.ts'
import { finishTable } from '../snapshot/finish.ts'
import { objection } from '../snapshot/guard.ts'
import { movePointer, publishedSnapshot } from '../snapshot/pointer.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import { REJECTED_ROWS } from '../snapshot/tables.ts'
import type { Outcome, WorkContext } from './context.ts'

/**
 * Publishes a run: checks the shards, finishes its tables, compares them with what readers see now, asks the guard, and
 * moves the pointer in the transaction that ends the run. Each step can be done again, so that a publisher killed
 * anywhere is followed by another; until the last one commits, readers see the old snapshot.
 */
export async function publish(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  if (!(await shardsAddUp(context, claim, signal))) return readAgain(context, claim)
  const shapes = await snapshotShapes(context.db, claim.run.id)
  const from = await publishedSnapshot(context.db, context.dataflow.id)
  const onWork = () => markMoved(context.db, claim)
  const changes = await onOwnConnection(
    context.db,
    { name: `publish ${claim.run.id}`, signal, onWork },
    async (own) => {
      await finishTables(own, context, claim, shapes)
      return compareTables(own, context, claim, shapes, from)
    },
  )
  const hold = reasonToHold(context, claim, changes, from)
  return context.db.transaction((tx) => endWith(tx, context, claim, { from, changes, hold }))
}

/** Nobody at AWS promises that prefixes of sub cover a pool; so what they brought is held against the pool's own count. */
async function shardsAddUp({ db, pool }: WorkContext, { run }: Claim, signal: AbortSignal): Promise<boolean> {
  const staged = await db.transaction((tx) => usersFromShards(tx, run.id))
  if (staged === null) return true
  const { estimatedUsers } = await describePool(pool, signal)
  return shardsAreHonest({ staged, estimatedBefore: run.estimatedUsers ?? 0, estimatedAfter: estimatedUsers })
}

async function readAgain({ db, pool }: WorkContext, claim: Claim): Promise<Outcome> {
  return db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await finishTask(tx, claim, pool.takeCounts()))) return 'lost'
    await readUsersAsOneStream(tx, claim.run.id)
    return 'done'
  })
}

async function finishTables(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
): Promise<void> {
  for (const shape of [...shapes, REJECTED_ROWS]) await finishTable(db, { dataflow, snapshotId: run.id, shape })
}

async function compareTables(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
  from: number | null,
): Promise<TableChange[]> {
  const changes: TableChange[] = []
  for (const shape of shapes) changes.push(await compareTable(db, dataflow, shape, { from, to: run.id }))
  return changes
}

interface Hold {
  readonly cause: CauseCode
  readonly description: string
}

function reasonToHold(
  { dataflow }: WorkContext,
  { run }: Claim,
  changes: readonly TableChange[],
  from: number | null,
): Hold | null {
  const decide = `Publish it with \`poolkeeper approve ${run.id}\`, or drop it with \`poolkeeper discard ${run.id}\`.`
  if (from !== run.baseSnapshotId) {
    const description = `While this run was under way, ${dataflow.name} was rolled back to run ${from}. ${decide}`
    return { cause: 'rolled-back-meanwhile', description }
  }
  const objected = objection(changes, dataflow.maxRemovedPercent)
  return objected ? { cause: 'guard', description: `${objected} ${decide}` } : null
}

interface Verdict {
  readonly from: number | null
  readonly changes: readonly TableChange[]
  readonly hold: Hold | null
}

async function endWith(
  tx: Transaction,
  { dataflow, pool }: WorkContext,
  claim: Claim,
  { from, changes, hold }: Verdict,
): Promise<Outcome> {
  const { run } = claim
  await lockRun(tx, run.id)
  if (!(await stillHolds(tx, claim))) return 'lost'
  const move = { dataflowId: dataflow.id, from, to: run.id, reason: 'publish', by: `run ${run.id}` } as const
  // something else was published since the comparison: compare again
  if (!hold && !(await movePointer(tx, move))) return 'again'
  await tx.insert(runTables).values(changes.map((change) => ({ runId: run.id, ...change })))
  await finishTask(tx, claim, pool.takeCounts())
  // approve expects to find published what this comparison was made with
  if (hold) await tx.update(runs).set({ baseSnapshotId: from }).where(eq(runs.id, run.id))
  await endRun(tx, run.id, hold ? { to: 'held', ...hold } : { to: 'succeeded' })
  return 'done'
}
