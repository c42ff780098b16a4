import type { Caller } from '../access/caller.ts'
import { findDataflow } from '../dataflow/dataflow.ts'
import { findRun } from '../run/history.ts'
import { type RequestedRun, requestRun as request } from '../run/request.ts'
import { isActive } from '../run/states.ts'
import { type RunMoment, watchRun as watch } from '../run/watch.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

/** How long an idempotency key stands for the run that was requested with it. */
const KEY_HOURS = 24

export const requestRun: Handler<'requestRun'> = async (context, { name, body, idempotencyKey }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { id } = await audited(
    context,
    ({ id, repeated }: RequestedRun) =>
      repeated ? undefined : { action: 'requestRun', dataflow, target: `run ${id}`, details: { ...body } },
    (tx) =>
      request(tx, {
        ...body,
        dataflowId: dataflow.id,
        trigger: caller.via === 'token' ? 'api' : 'manual',
        requestedBy: caller.name,
        ...(idempotencyKey && { requestKey: keyOf(caller, dataflow.id, idempotencyKey), keyHours: KEY_HOURS }),
      }),
  )
  return findRun(db, id)
}

/** Two callers who number their requests from 1 don't know of each other, and a request is for one dataflow. */
function keyOf({ via, tokenId, name }: Caller, dataflowId: number, key: string): string {
  return `api:${dataflowId}:${via}:${tokenId ?? name}:${key}`
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
