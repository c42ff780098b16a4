import { findDataflow } from '../dataflow/dataflow.ts'
import { findRun } from '../run/history.ts'
import { requestRun as request } from '../run/request.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const requestRun: Handler<'requestRun'> = async (context, { name, body }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { id } = await audited(context, { action: 'requestRun', dataflow, details: { ...body } }, (tx) =>
    request(tx, {
      ...body,
      dataflowId: dataflow.id,
      trigger: caller.via === 'token' ? 'api' : 'manual',
      requestedBy: caller.name,
    }),
  )
  return findRun(db, id)
}

export const showRun: Handler<'showRun'> = ({ db, caller }, { run }) => findRun(db, run, caller.dataflows)
