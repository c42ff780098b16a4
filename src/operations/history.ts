import type { Input } from '../api/contract.ts'
import { findDataflow } from '../dataflow/dataflow.ts'
import { listFailures as failures } from '../run/failures.ts'
import { dataflowOfRun, findRun, type HistoryQuery, listRuns as list } from '../run/history.ts'
import { readRunLog } from '../run/log.ts'
import type { Handler, OperationContext } from './context.ts'
import { pageOf } from './page.ts'

export const listRuns: Handler<'listRuns'> = async (context, { dataflow, ...query }) =>
  historyPage(context, query, await dataflowNamed(context, dataflow))

export const listDataflowRuns: Handler<'listDataflowRuns'> = async (context, { name, ...query }) => {
  return historyPage(context, query, await dataflowNamed(context, name))
}

export const listFailures: Handler<'listFailures'> = async (context, { dataflow, since, until }) => {
  const { db, caller } = context
  const which = { ...(await dataflowNamed(context, dataflow)), since, until, visible: caller.dataflows }
  return { items: await failures(db, which), next: null }
}

export const listRunLog: Handler<'listRunLog'> = async ({ db, caller }, { run }) => {
  await dataflowOfRun(db, run, caller.dataflows)
  return { items: await readRunLog(db, run), next: null }
}

export const showRun: Handler<'showRun'> = ({ db, caller }, { run }) => findRun(db, run, caller.dataflows)

function historyPage(
  { db, caller }: OperationContext,
  { limit, cursor: before, ...filters }: Omit<Input<'listRuns'>, 'dataflow'>,
  which: HistoryQuery,
) {
  const query = { ...which, ...filtersOf(filters), before, visible: caller.dataflows }
  return pageOf(
    limit,
    (most) => list(db, { ...query, limit: most }),
    ({ run }) => run,
  )
}

/** The filters of history, as those who keep it call them. */
export function filtersOf({ state, cause, trigger, since, until }: Omit<Input<'listRuns'>, 'dataflow' | 'limit'>) {
  return { states: state, causes: cause, triggers: trigger, since, until }
}

/** @throws AskError 'not-found' for one that is not there, or not for this caller */
export async function dataflowNamed(
  { db, caller }: Pick<OperationContext, 'db' | 'caller'>,
  name: string | undefined,
): Promise<Pick<HistoryQuery, 'dataflowId'>> {
  return name === undefined ? {} : { dataflowId: (await findDataflow(db, name, caller.dataflows)).id }
}
