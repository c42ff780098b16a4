import { findDataflow } from '../dataflow/dataflow.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import { compareSnapshots } from '../snapshot/diff.ts'
import { rollback as publishAgain, type Rollback } from '../snapshot/rollback.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const rollback: Handler<'rollback'> = async (context, { name, body }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { from, to, paused } = await audited(
    context,
    ({ from, to }: Rollback) => ({ action: 'rollback', dataflow, details: { from, to } }),
    (tx) => publishAgain(tx, { ...body, dataflow, by: caller.name }),
  )
  return { dataflow: dataflow.name, from, to, schedulePaused: paused }
}

/** On a connection of its own: two snapshots of five million rows take half a minute. */
export const diffSnapshots: Handler<'diffSnapshots'> = async ({ db, caller, signal }, { name, from, to }) => {
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const until = signal ?? new AbortController().signal
  const diff = await onOwnConnection(db, { name: 'diff', signal: until }, (own) =>
    compareSnapshots(own, dataflow, { from, to }),
  )
  return { dataflow: dataflow.name, ...diff }
}
