import type { Input } from '../api/contract.ts'
import { findDataflow } from '../dataflow/dataflow.ts'
import { findRun, type HistoryQuery, listRuns as list } from '../run/history.ts'
import type { Handler, OperationContext } from './context.ts'
import { pageOf } from './page.ts'

export const listRuns: Handler<'listRuns'> = (context, query) => historyPage(context, query)

export const listDataflowRuns: Handler<'listDataflowRuns'> = async (context, { name, ...query }) => {
  const { id: dataflowId } = await findDataflow(context.db, name, context.caller.dataflows)
  return historyPage(context, query, { dataflowId })
}

export const showRun: Handler<'showRun'> = ({ db, caller }, { run }) => findRun(db, run, caller.dataflows)

function historyPage({ db, caller }: OperationContext, query: Input<'listRuns'>, which: HistoryQuery = {}) {
  const { limit, cursor: before, state: states, cause: causes, trigger: triggers, since, until } = query
  const filters = { states, causes, triggers, since, until, before, visible: caller.dataflows }
  return pageOf(
    limit,
    (most) => list(db, { ...which, ...filters, limit: most }),
    ({ run }) => run,
  )
}
