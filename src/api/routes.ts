import type { Role } from '../db/role.ts'

/** Where an operation answers, and who may ask for it. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below `/api/v1`. */
  readonly path: string
  readonly role: Role
  /** It is about everything there is: who is limited to some dataflows may not. */
  readonly everything?: true
  /** It goes on for as long as somebody listens: server-sent events, or a file of text; everything else is JSON. */
  readonly streams?: 'events' | 'text'
}

/**
 * Every operation, by name. Nothing but data, so that the client can be loaded without the rest; what goes in and comes out
 * stands in `contract.ts`, what is done in `src/operations`.
 */
export const ROUTES = {
  listDataflows: { method: 'get', path: '/dataflows', role: 'viewer' },
  createDataflow: { method: 'post', path: '/dataflows', role: 'admin', everything: true },
  showDataflow: { method: 'get', path: '/dataflows/{name}', role: 'viewer' },
  editDataflow: { method: 'patch', path: '/dataflows/{name}', role: 'admin' },
  removeDataflow: { method: 'delete', path: '/dataflows/{name}', role: 'admin' },
  testConnection: { method: 'post', path: '/dataflows/{name}/connect', role: 'operator' },
  previewRun: { method: 'post', path: '/dataflows/{name}/preview', role: 'operator' },
  showPolicy: { method: 'get', path: '/dataflows/{name}/policy', role: 'viewer' },
  listConnectors: { method: 'get', path: '/connectors', role: 'viewer' },
  listDrafts: { method: 'get', path: '/drafts', role: 'admin', everything: true },
  createDraft: { method: 'post', path: '/drafts', role: 'admin', everything: true },
  showDraft: { method: 'get', path: '/drafts/{draft}', role: 'admin', everything: true },
  editDraft: { method: 'patch', path: '/drafts/{draft}', role: 'admin', everything: true },
  discardDraft: { method: 'delete', path: '/drafts/{draft}', role: 'admin', everything: true },
  connectDraft: { method: 'post', path: '/drafts/{draft}/connect', role: 'admin', everything: true },
  saveDraft: { method: 'post', path: '/drafts/{draft}/save', role: 'admin', everything: true },
  listDataflowRuns: { method: 'get', path: '/dataflows/{name}/runs', role: 'viewer' },
  requestRun: { method: 'post', path: '/dataflows/{name}/runs', role: 'operator' },
  listSnapshots: { method: 'get', path: '/dataflows/{name}/snapshots', role: 'viewer' },
  rollback: { method: 'post', path: '/dataflows/{name}/rollback', role: 'operator' },
  diffSnapshots: { method: 'get', path: '/dataflows/{name}/diff', role: 'viewer' },
  listRuns: { method: 'get', path: '/runs', role: 'viewer' },
  exportRuns: { method: 'get', path: '/runs/export', role: 'viewer', streams: 'text' },
  listFailures: { method: 'get', path: '/failures', role: 'viewer' },
  showRun: { method: 'get', path: '/runs/{run}', role: 'viewer' },
  showProgress: { method: 'get', path: '/runs/{run}/progress', role: 'viewer' },
  listRunLog: { method: 'get', path: '/runs/{run}/log', role: 'viewer' },
  watchRun: { method: 'get', path: '/runs/{run}/events', role: 'viewer', streams: 'events' },
  showAbout: { method: 'get', path: '/about', role: 'viewer' },
  whoAmI: { method: 'get', path: '/me', role: 'viewer' },
  listTokens: { method: 'get', path: '/tokens', role: 'admin', everything: true },
  createToken: { method: 'post', path: '/tokens', role: 'admin', everything: true },
  revokeToken: { method: 'delete', path: '/tokens/{token}', role: 'admin', everything: true },
  listAudit: { method: 'get', path: '/audit', role: 'admin', everything: true },
  cancelRun: { method: 'post', path: '/runs/{run}/cancel', role: 'operator' },
  approveRun: { method: 'post', path: '/runs/{run}/approve', role: 'operator' },
  discardRun: { method: 'post', path: '/runs/{run}/discard', role: 'operator' },
  retryRun: { method: 'post', path: '/runs/{run}/retry', role: 'operator' },
  showQuotas: { method: 'get', path: '/quotas', role: 'viewer' },
  setShare: { method: 'put', path: '/quotas/shares', role: 'operator', everything: true },
  unsetShare: { method: 'delete', path: '/quotas/shares', role: 'operator', everything: true },
  listDatabases: { method: 'get', path: '/databases', role: 'viewer' },
  showDatabase: { method: 'get', path: '/databases/{schema}', role: 'viewer' },
  listReaders: { method: 'get', path: '/databases/{schema}/readers', role: 'admin' },
  createReader: { method: 'post', path: '/databases/{schema}/readers', role: 'admin' },
  removeReader: { method: 'delete', path: '/databases/{schema}/readers/{reader}', role: 'admin' },
  showTable: { method: 'get', path: '/databases/{schema}/{table}', role: 'viewer' },
  listRows: { method: 'get', path: '/databases/{schema}/{table}/rows', role: 'viewer' },
  exportRows: { method: 'get', path: '/databases/{schema}/{table}/export', role: 'viewer', streams: 'text' },
  listWebhooks: { method: 'get', path: '/webhooks', role: 'admin', everything: true },
  createWebhook: { method: 'post', path: '/webhooks', role: 'admin', everything: true },
  showWebhook: { method: 'get', path: '/webhooks/{webhook}', role: 'admin', everything: true },
  removeWebhook: { method: 'delete', path: '/webhooks/{webhook}', role: 'admin', everything: true },
  testWebhook: { method: 'post', path: '/webhooks/{webhook}/test', role: 'admin', everything: true },
  listDeliveries: { method: 'get', path: '/webhooks/{webhook}/deliveries', role: 'admin', everything: true },
} as const satisfies Readonly<Record<string, Route>>

export type OperationName = keyof typeof ROUTES

export const API = '/api/v1'
