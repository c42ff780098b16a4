import type { OperationName } from '../api/routes.ts'
import { listAudit } from './audit.ts'
import type { Handler } from './context.ts'
import { listDataflows, showDataflow } from './dataflows.ts'
import { whoAmI } from './me.ts'
import { requestRun, showRun, watchRun } from './runs.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'
import { createWebhook, listDeliveries, listWebhooks, removeWebhook, showWebhook, testWebhook } from './webhooks.ts'

/** What each operation does. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  listDataflows,
  showDataflow,
  requestRun,
  showRun,
  watchRun,
  whoAmI,
  listTokens,
  createToken,
  revokeToken,
  listAudit,
  listWebhooks,
  createWebhook,
  showWebhook,
  removeWebhook,
  testWebhook,
  listDeliveries,
}
