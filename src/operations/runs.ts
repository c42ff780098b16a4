import { findDataflow } from '../dataflow/dataflow.ts'
import { findRun } from '../run/history.ts'
import { type RequestedRun, requestRun as request } from '../run/request.ts'
import { isActive } from '../run/states.ts'
import { type RunMoment, watchRun as watch } from '../run/watch.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const requestRun: Handler<'requestRun'> = async (context, { name, body }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { id } = await audited(
    context,
    ({ id }: RequestedRun) => ({ action: 'requestRun', dataflow, target: `run ${id}`, details: { ...body } }),
    (tx) =>
      request(tx, {
        ...body,
        dataflowId: dataflow.id,
        trigger: caller.via === 'token' ? 'api' : 'manual',
        requestedBy: caller.name,
      }),
  )
  return findRun(db, id)
}

export const watchRun: Handler<'watchRun'> = async ({ db, caller, signal }, { run, lastEventId: seen }) => {
  await findRun(db, run, caller.dataflows)
  return events(watch(db, run, { seen, signal }))
}

async function* events(moments: AsyncIterable<RunMoment>) {
  for await (const { id, run, progress } of moments) {
    yield { id, event: isActive(run.state) ? ('progress' as const) : ('ended' as const), data: { run, progress } }
  }
}
