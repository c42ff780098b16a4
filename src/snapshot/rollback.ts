import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { snapshots } from '../db/schema/snapshots.ts'
import { AskError } from '../errors.ts'
import { movePointer, publishedSnapshot } from './pointer.ts'

export interface RollbackRequest {
  readonly dataflow: { readonly id: number; readonly name: string }
  /** The run whose snapshot to show; without it the one before the published one. May be newer: forward again. */
  readonly to?: number | undefined
  /** What whoever asks has seen published: refused if it is something else by now. */
  readonly expected?: number | undefined
  readonly by: string
  /** Lets the schedule go on, so that the next scheduled run publishes anew. */
  readonly keepSchedule: boolean
}

export interface Rollback {
  readonly from: number
  readonly to: number
  /** The schedule was paused, so that the next run doesn't undo the rollback. False without a schedule as well. */
  readonly paused: boolean
}

/**
 * Publishes a kept snapshot again, for all tables at once: one UPDATE, milliseconds at any size.
 * @throws AskError when nothing is published yet, the target is not among the kept snapshots or is published already;
 *   'changed-meanwhile' when something else is published than was expected.
 */
export async function rollback(
  db: Queryable,
  { dataflow, to, expected, by, keepSchedule }: RollbackRequest,
): Promise<Rollback> {
  return db.transaction(async (tx) => {
    const from = await publishedSnapshot(tx, dataflow.id)
    if (from === null) throw new AskError('conflict', `${dataflow.name} has not published anything yet.`)
    if (expected !== undefined && expected !== from) throw changedMeanwhile(dataflow, expected, from)
    const target = await chooseTarget(tx, dataflow, from, to)
    const move = { dataflowId: dataflow.id, from, to: target, reason: 'rollback', by } as const
    if (!(await movePointer(tx, move))) {
      throw new AskError('conflict', `${dataflow.name} was published anew just now.`, 'Look again, then roll back.')
    }
    const paused = !keepSchedule && (await pauseSchedule(tx, dataflow.id, target))
    return { from, to: target, paused }
  })
}

function changedMeanwhile({ name }: RollbackRequest['dataflow'], expected: number, from: number): AskError {
  return new AskError(
    'changed-meanwhile',
    `Readers of ${name} see run ${from} by now, and no longer run ${expected}. Nothing was rolled back.`,
    'Look again at what would change.',
  )
}

/** Locked, so that prune can't take it away in the same instant. */
async function chooseTarget(
  tx: Transaction,
  dataflow: RollbackRequest['dataflow'],
  from: number,
  to: number | undefined,
): Promise<number> {
  if (to === from) throw new AskError('conflict', `Run ${to} is what ${dataflow.name} shows already.`)
  const wanted = to === undefined ? lt(snapshots.id, from) : eq(snapshots.id, to)
  const [target] = await tx
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(and(eq(snapshots.dataflowId, dataflow.id), eq(snapshots.state, 'kept'), wanted))
    .orderBy(desc(snapshots.id))
    .limit(1)
    .for('share')
  if (target) return target.id
  const what = to === undefined ? 'no earlier snapshot is kept' : `run ${to} has no snapshot that is kept`
  throw new AskError(
    'not-found',
    `${dataflow.name} can't be rolled back: ${what}.`,
    `\`poolkeeper history ${dataflow.name}\` shows the snapshots.`,
  )
}

async function pauseSchedule(tx: Transaction, dataflowId: number, target: number): Promise<boolean> {
  const paused = await tx
    .update(dataflows)
    .set({
      pausedAt: sql`now()`,
      pauseReason: `rolled back to run ${target}`,
      updatedAt: sql`now()`,
      version: sql`${dataflows.version} + 1`,
    })
    .where(and(eq(dataflows.id, dataflowId), isNotNull(dataflows.schedule), isNull(dataflows.pausedAt)))
    .returning({ id: dataflows.id })
  return paused.length === 1
}
