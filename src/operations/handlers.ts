import type { OperationName } from '../api/routes.ts'
import { showAbout } from './about.ts'
import { listAudit } from './audit.ts'
import { previewRun, showPolicy, testConnection } from './connection.ts'
import { listConnectors } from './connectors.ts'
import type { Handler } from './context.ts'
import { listDatabases, showDatabase, showTable } from './databases.ts'
import { createDataflow, editDataflow, listDataflows, removeDataflow, showDataflow } from './dataflows.ts'
import { approveRun, cancelRun, discardRun, retryRun } from './decisions.ts'
import { connectDraft, createDraft, discardDraft, editDraft, listDrafts, saveDraft, showDraft } from './drafts.ts'
import { exportRows } from './exportRows.ts'
import { exportRuns } from './exportRuns.ts'
import { listDataflowRuns, listFailures, listRunLog, listRuns, showRun } from './history.ts'
import { whoAmI } from './me.ts'
import { showProgress } from './progress.ts'
import { setShare, showQuotas, unsetShare } from './quotas.ts'
import { createReader, listReaders, removeReader } from './readers.ts'
import { listRows } from './rows.ts'
import { requestRun, watchRun } from './runs.ts'
import { diffSnapshots, listSnapshots, rollback } from './snapshots.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'
import { createWebhook, listDeliveries, listWebhooks, removeWebhook, showWebhook, testWebhook } from './webhooks.ts'

/** What each operation does. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  listDataflows,
  createDataflow,
  showDataflow,
  editDataflow,
  removeDataflow,
  testConnection,
  previewRun,
  showPolicy,
  listConnectors,
  listDrafts,
  createDraft,
  showDraft,
  editDraft,
  discardDraft,
  connectDraft,
  saveDraft,
  listDataflowRuns,
  requestRun,
  listSnapshots,
  rollback,
  diffSnapshots,
  listRuns,
  exportRuns,
  listFailures,
  showRun,
  showProgress,
  listRunLog,
  watchRun,
  showAbout,
  whoAmI,
  listTokens,
  createToken,
  revokeToken,
  listAudit,
  cancelRun,
  approveRun,
  discardRun,
  retryRun,
  showQuotas,
  setShare,
  unsetShare,
  listDatabases,
  showDatabase,
  listReaders,
  createReader,
  removeReader,
  showTable,
  listRows,
  exportRows,
  listWebhooks,
  createWebhook,
  showWebhook,
  removeWebhook,
  testWebhook,
  listDeliveries,
}
