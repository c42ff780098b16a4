import { Router } from 'express'
import { vi } from 'vitest'
import { createApp } from '../../dashboard/app.ts'
import type { Services } from '../../dashboard/services.ts'

export interface MountedRoute {
  readonly method: string
  readonly path: string
}

/** What express would answer, whoever mounted it: read from the app itself, not from a list kept beside it. */
export function routesOf(services: Services): MountedRoute[] {
  // express keeps no path of what is mounted, only a matcher
  const use = vi.spyOn(Router.prototype, 'use')
  const app = createApp(services)
  const paths = new Map(use.mock.calls.flatMap(([first, ...rest]) => mounted(first, rest)))
  use.mockRestore()
  return within(app.router, '', paths)
}

/** The handlers that stand under a path. One that is no plain text could not be walked. */
function mounted(path: unknown, handlers: readonly unknown[]): [unknown, string][] {
  if (typeof path !== 'string' && typeof path !== 'function') throw new TypeError(`mounted at ${path}`)
  return typeof path === 'string' && path !== '/' ? handlers.flat().map((handler) => [handler, path]) : []
}

function within(router: Router, under: string, paths: ReadonlyMap<unknown, string>): MountedRoute[] {
  return router.stack.flatMap(({ route, handle }) => {
    if (!route) return within(nestedIn(handle), under + (paths.get(handle) ?? ''), paths)
    // what answers every method has none
    const methods = route.stack.map(({ method = 'options' }) => method.toUpperCase())
    return [route.path].flat().flatMap((path) => methods.map((method) => ({ method, path: `${under}${path}` })))
  })
}

/** A router or a whole app that is mounted as a handler. */
function nestedIn(handle: unknown): Router {
  if (typeof handle !== 'function') return Router()
  if ('stack' in handle) return handle as Router
  return 'router' in handle ? (handle.router as Router) : Router()
}
