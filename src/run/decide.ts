import type { Queryable, Transaction } from '../db/database.ts'
import type { runs } from '../db/schema/runs.ts'
import { AskError } from '../errors.ts'
import { movePointer } from '../snapshot/pointer.ts'
import { endRun } from './end.ts'
import { lockLeftovers } from './leftovers.ts'
import { lockToEnd } from './locks.ts'
import { type RequestedRun, requestRun } from './request.ts'
import { isActive } from './states.ts'

/** What a person decides about a run. Each is one transaction, and says in history who decided. */

/**
 * Cancels a run that is under way. Its workers hear of it at their next commit, within a page, or within seconds where
 * they wait for something; what is published stays.
 * @throws AskError when there is no such run or it has ended.
 */
export async function cancelRun(db: Queryable, runId: number, by: string): Promise<void> {
  await decide(db, runId, async (tx, run) => {
    if (!isActive(run.state)) throw ended(run)
    await endRun(tx, runId, { to: 'cancelled', cause: 'cancelled', description: `Cancelled by ${by}.` })
  })
}

/**
 * Publishes a held run after all.
 * @throws AskError when it isn't held, or something else has been published since it was compared.
 */
export async function approveRun(db: Queryable, runId: number, by: string): Promise<void> {
  await decide(db, runId, async (tx, run) => {
    if (run.state !== 'held') throw notHeld(run)
    const move = { dataflowId: run.dataflowId, from: run.baseSnapshotId, to: runId, reason: 'approve', by } as const
    if (!(await movePointer(tx, move))) {
      throw new AskError(
        'conflict',
        `Run ${runId} was compared with snapshot ${run.baseSnapshotId ?? 'none'}, and another is published now.`,
        `Discard it with \`poolkeeper discard ${runId}\` and run the dataflow again.`,
      )
    }
    await endRun(tx, runId, { to: 'succeeded', description: `Held, then approved by ${by}.` })
  })
}

/** Gives up a held run; its rows are dropped. @throws AskError when it isn't held. */
export async function discardRun(db: Queryable, runId: number, by: string): Promise<void> {
  await decide(db, runId, async (tx, run) => {
    if (run.state !== 'held') throw notHeld(run)
    await endRun(tx, runId, {
      to: 'cancelled',
      cause: 'discarded',
      description: `Held, then discarded by ${by}.`,
    })
  })
}

export interface Retry extends RequestedRun {
  /** The new run goes on from the failed one's checkpoints; otherwise it reads everything. */
  readonly goesOn: boolean
}

/**
 * Requests a new run of the same dataflow. After a failure it goes on with what was read, for an hour, unless the pool or
 * the tables are others by then (`leftovers.ts`); after anything else it reads everything.
 * @throws AskError when the run is still under way, or its dataflow removed.
 */
export async function retryRun(db: Queryable, runId: number, by: string): Promise<Retry> {
  return decide(db, runId, async (tx, run) => {
    if (isActive(run.state)) {
      throw new AskError(
        'conflict',
        `Run ${runId} is still under way.`,
        `Cancel it first: \`poolkeeper cancel ${runId}\`.`,
      )
    }
    const goesOn = await lockLeftovers(tx, runId)
    const { dataflowId, dryRun, tables } = run
    const request = { dataflowId, dryRun, tables, trigger: 'retry', requestedBy: by } as const
    const requested = await requestRun(tx, { ...request, ...(goesOn && { continues: runId }) })
    return { ...requested, goesOn: goesOn && isActive(requested.state) }
  })
}

type RunRow = typeof runs.$inferSelect

async function decide<T>(
  db: Queryable,
  runId: number,
  decision: (tx: Transaction, run: RunRow) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const run = await lockToEnd(tx, runId)
    if (!run) throw new AskError('not-found', `There is no run ${runId}.`, 'See `poolkeeper history`.')
    return decision(tx, run)
  })
}

function ended({ id, state }: RunRow): AskError {
  const remedy = state === 'held' ? `Discard it with \`poolkeeper discard ${id}\`.` : ''
  return new AskError('conflict', `Run ${id} is not under way any more: its state is ${state}.`, remedy)
}

/** What became of it tells what to do: a run that was replaced names the one that a person has to look at now. */
function notHeld({ id, state, description }: RunRow): AskError {
  return new AskError('conflict', `Run ${id} is not held: its state is ${state}.`, description ?? '')
}
