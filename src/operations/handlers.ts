import type { OperationName } from '../api/routes.ts'
import type { Handler } from './context.ts'
import { listDataflows, showDataflow } from './dataflows.ts'
import { requestRun, showRun, watchRun } from './runs.ts'

/** What each operation does. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  listDataflows,
  showDataflow,
  requestRun,
  showRun,
  watchRun,
}
