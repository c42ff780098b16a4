import type { RequestHandler } from 'express'
import { healthz, readyz } from './health.ts'
import { showMetrics } from './metrics.ts'
import { OPENAPI_PATH, sendOpenApi, showApiDocs, showDataflows, showRun, showRuns } from './pageHandlers.tsx'
import type { Services } from './services.ts'
import { confirmSignIn, limitAttempts, openSignInLink, signOut } from './signIn.tsx'

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
  ]
}

/** What answers within a session only. */
export function guardedRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/', handlers: showDataflows(services) },
    { method: 'get', path: '/runs', handlers: showRuns(services) },
    { method: 'get', path: '/runs/:id', handlers: showRun(services) },
    { method: 'get', path: '/api/docs', handlers: showApiDocs(services) },
    { method: 'get', path: OPENAPI_PATH, handlers: sendOpenApi },
    { method: 'get', path: '/metrics', handlers: showMetrics(services) },
    { method: 'post', path: '/sign-out', handlers: signOut(services) },
  ]
}
