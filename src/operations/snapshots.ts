import { findDataflow } from '../dataflow/dataflow.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import { AskError } from '../errors.ts'
import { compareSnapshots } from '../snapshot/diff.ts'
import { listSnapshots as list } from '../snapshot/list.ts'
import { rollback as publishAgain, type Rollback } from '../snapshot/rollback.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const listSnapshots: Handler<'listSnapshots'> = async ({ db, caller }, { name }) => ({
  items: await list(db, await findDataflow(db, name, caller.dataflows)),
  next: null,
})

export const rollback: Handler<'rollback'> = async (context, { name, body: { from: expected, ...body } }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { from, to, paused } = await audited(
    context,
    ({ from, to }: Rollback) => ({ action: 'rollback', dataflow, details: { from, to } }),
    (tx) => publishAgain(tx, { ...body, expected, dataflow, by: caller.name }),
  )
  return { dataflow: dataflow.name, from, to, schedulePaused: paused }
}

export const diffSnapshots: Handler<'diffSnapshots'> = async ({ db, caller, signal }, { name, from, to }) => {
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const diff = await oneOfFew(() =>
    onOwnConnection(db, { name: 'diff', signal: signal ?? new AbortController().signal }, (own) =>
      compareSnapshots(own, dataflow, { from, to }),
    ),
  )
  return { dataflow: dataflow.name, ...diff }
}

/**
 * Two snapshots of five million rows take half a minute, a connection of their own and a core of Postgres's: whoever asks
 * for a hundred at the same time would leave the workers none.
 */
const MOST_AT_ONCE = 4
let underWay = 0

async function oneOfFew<T>(compare: () => Promise<T>): Promise<T> {
  if (underWay >= MOST_AT_ONCE) {
    throw new AskError(
      'too-many-requests',
      `${MOST_AT_ONCE} comparisons of snapshots are under way.`,
      'Try again once they are done.',
    )
  }
  underWay++
  try {
    return await compare()
  } finally {
    underWay--
  }
}
