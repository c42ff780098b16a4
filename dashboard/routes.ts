import type { RequestHandler } from 'express'
import { CALLBACK } from '../src/access/oidc.ts'
import { onlyFor } from './guard.ts'
import { healthz, readyz } from './health.ts'
import { limitAttempts } from './limit.ts'
import { showMetrics } from './metrics.ts'
import { beginOidc, finishOidc } from './oidc.tsx'
import { OPENAPI_PATH, sendOpenApi, showApiDocs } from './pageHandlers.tsx'
import { databasesRoutes } from './pages/databases/routes.tsx'
import { dataflowRoutes } from './pages/dataflow/routes.tsx'
import { dataflowsRoutes } from './pages/dataflows/routes.tsx'
import { draftRoutes } from './pages/drafts/routes.tsx'
import { editRoutes } from './pages/edit/routes.tsx'
import { guideRoutes } from './pages/guide/routes.tsx'
import { queuesRoutes } from './pages/queues/routes.tsx'
import { quotasRoutes } from './pages/quotas/routes.tsx'
import { removeRoutes } from './pages/remove/routes.tsx'
import { runsRoutes } from './pages/runs/routes.tsx'
import { settingsRoutes } from './pages/settings/routes.tsx'
import type { Services } from './services.ts'
import { confirmSignIn, endOwnSession, openSignInLink, signInWithToken } from './signIn.tsx'

export interface Route {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly handlers: RequestHandler | RequestHandler[]
}

/** What answers without a session. Think twice before a line is added here. */
export function openRoutes(services: Services): readonly Route[] {
  const limited = limitAttempts()
  return [
    { method: 'get', path: '/healthz', handlers: healthz },
    { method: 'get', path: '/readyz', handlers: readyz(services) },
    { method: 'get', path: '/sign-in', handlers: [limited, ...openSignInLink(services)] },
    { method: 'post', path: '/sign-in', handlers: [limited, ...confirmSignIn(services)] },
    { method: 'post', path: '/sign-in/token', handlers: [limited, ...signInWithToken(services)] },
    ...oidcRoutes(services, limited),
  ]
}

function oidcRoutes(services: Services, limited: RequestHandler): readonly Route[] {
  const { oidc } = services
  if (!oidc) return []
  return [
    { method: 'get', path: '/sign-in/oidc', handlers: [limited, beginOidc(services, oidc)] },
    { method: 'get', path: CALLBACK, handlers: [limited, ...finishOidc(services, oidc)] },
  ]
}

/** What answers within a session only. */
export function guardedRoutes(services: Services): readonly Route[] {
  return [
    ...dataflowsRoutes(services),
    ...draftRoutes(services),
    ...editRoutes(services),
    ...removeRoutes(services),
    ...guideRoutes(services),
    // its names come after the words that stand in their place
    ...dataflowRoutes(services),
    ...runsRoutes(services),
    ...databasesRoutes(services),
    ...queuesRoutes(services),
    ...quotasRoutes(services),
    ...settingsRoutes(services),
    { method: 'get', path: '/api/docs', handlers: showApiDocs(services) },
    { method: 'get', path: OPENAPI_PATH, handlers: sendOpenApi },
    {
      method: 'get',
      path: '/metrics',
      handlers: [onlyFor({ role: 'viewer', everything: true }), showMetrics(services)],
    },
    { method: 'post', path: '/sign-out', handlers: endOwnSession(services) },
  ]
}
