import type { OperationName } from '../api/routes.ts'
import type { Transaction } from '../db/database.ts'
import { approveRun as approve, cancelRun as cancel, discardRun as discard, retryRun as retry } from '../run/decide.ts'
import { dataflowOfRun, findRun, type RunRecord } from '../run/history.ts'
import { audited } from './audited.ts'
import type { Handler, OperationContext } from './context.ts'

type Decision<T> = (tx: Transaction, run: number, by: string) => Promise<T>

export const cancelRun: Handler<'cancelRun'> = (context, { run }) => decide(context, 'cancelRun', run, cancel)

export const approveRun: Handler<'approveRun'> = (context, { run }) => decide(context, 'approveRun', run, approve)

export const discardRun: Handler<'discardRun'> = (context, { run }) => decide(context, 'discardRun', run, discard)

export const retryRun: Handler<'retryRun'> = async (context, { run }) => {
  const { id } = await asDecided(context, 'retryRun', run, retry)
  return findRun(context.db, id)
}

/** @returns the run as it is then */
async function decide(
  context: OperationContext,
  action: OperationName,
  run: number,
  decision: Decision<void>,
): Promise<RunRecord> {
  await asDecided(context, action, run, decision)
  return findRun(context.db, run)
}

async function asDecided<T>(
  context: OperationContext,
  action: OperationName,
  run: number,
  decision: Decision<T>,
): Promise<T> {
  const { db, caller } = context
  const dataflow = await dataflowOfRun(db, run, caller.dataflows)
  return audited(context, { action, dataflow, target: `run ${run}` }, (tx) => decision(tx, run, caller.name))
}
