import type { Role } from '../db/schema/access.ts'

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
  showDataflow: { method: 'get', path: '/dataflows/{name}', role: 'viewer' },
  requestRun: { method: 'post', path: '/dataflows/{name}/runs', role: 'operator' },
  showRun: { method: 'get', path: '/runs/{run}', role: 'viewer' },
  watchRun: { method: 'get', path: '/runs/{run}/events', role: 'viewer', streams: 'events' },
  whoAmI: { method: 'get', path: '/me', role: 'viewer' },
  listTokens: { method: 'get', path: '/tokens', role: 'admin', everything: true },
  createToken: { method: 'post', path: '/tokens', role: 'admin', everything: true },
  revokeToken: { method: 'delete', path: '/tokens/{token}', role: 'admin', everything: true },
  listAudit: { method: 'get', path: '/audit', role: 'admin', everything: true },
  listWebhooks: { method: 'get', path: '/webhooks', role: 'admin', everything: true },
  createWebhook: { method: 'post', path: '/webhooks', role: 'admin', everything: true },
  showWebhook: { method: 'get', path: '/webhooks/{webhook}', role: 'admin', everything: true },
  removeWebhook: { method: 'delete', path: '/webhooks/{webhook}', role: 'admin', everything: true },
  testWebhook: { method: 'post', path: '/webhooks/{webhook}/test', role: 'admin', everything: true },
  listDeliveries: { method: 'get', path: '/webhooks/{webhook}/deliveries', role: 'admin', everything: true },
} as const satisfies Readonly<Record<string, Route>>

export type OperationName = keyof typeof ROUTES

export const API = '/api/v1'
