import type { OperationName } from '../api/routes.ts'
import type { Handler } from './context.ts'
import { listDataflows, showDataflow } from './dataflows.ts'
import { requestRun, showRun } from './runs.ts'
import { createWebhook, listDeliveries, listWebhooks, removeWebhook, showWebhook, testWebhook } from './webhooks.ts'

/** What each operation does. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  listDataflows,
  showDataflow,
  requestRun,
  showRun,
  listWebhooks,
  createWebhook,
  showWebhook,
  removeWebhook,
  testWebhook,
  listDeliveries,
}
