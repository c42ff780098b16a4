import type { OperationName } from '../api/routes.ts'
import type { Handler } from './context.ts'
import { createDataflow, editDataflow, listDataflows, removeDataflow, showDataflow } from './dataflows.ts'
import { approveRun, cancelRun, discardRun, retryRun } from './decisions.ts'
import { listDataflowRuns, listRuns, showRun } from './history.ts'
import { requestRun, watchRun } from './runs.ts'

/** What each operation does. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  listDataflows,
  createDataflow,
  showDataflow,
  editDataflow,
  removeDataflow,
  listDataflowRuns,
  requestRun,
  listRuns,
  showRun,
  watchRun,
  cancelRun,
  approveRun,
  discardRun,
  retryRun,
}
