import express, { type Express } from 'express'
import { API } from '../src/api/routes.ts'
import { apiRouter } from './api/router.ts'
import { assets } from './assets.ts'
import { bullBoard } from './bullBoard/board.ts'
import { readCookies } from './cookie.ts'
import { readForm, refuseForgedChanges } from './csrf.ts'
import { answerErrors, notFound } from './errors.tsx'
import { onlyFor, requireCaller } from './guard.ts'
import { keepNoCopy, pageHeaders } from './headers.ts'
import { limitRequests } from './limit.ts'
import { nameRequest } from './requestId.ts'
import { guardedRoutes, openRoutes, type Route } from './routes.ts'
import type { Services } from './services.ts'
import { SEE_QUEUES } from './surroundings.ts'

/** Whose word to take for the caller's address and scheme: a proxy on this machine or in its private network. */
const TRUSTED_PROXIES = ['loopback', 'linklocal', 'uniquelocal']

/** Builds the dashboard without starting it. What stands above the guard is open to all, what stands below is not. */
export function createApp(services: Services): Express {
  const app = express().disable('x-powered-by').set('trust proxy', TRUSTED_PROXIES)
  // Express shows a stack to whoever asked when even answering an error fails, unless it believes to be in production.
  app.set('env', 'production')
  // nothing here is kept by anybody, and an ETag of the API means something else
  app.disable('etag')
  app.use(nameRequest, pageHeaders)
  app.use(assets())
  app.use(keepNoCopy, ...readCookies)
  mount(app, openRoutes(services))
  app.use(requireCaller(services.db))
  app.use(readForm, refuseForgedChanges)
  mount(app, guardedRoutes(services))
  app.use(API, limitRequests(), apiRouter(services))
  app.use('/queues', onlyFor(SEE_QUEUES), bullBoard('/queues', services.queues, services.redis))
  app.use(notFound)
  app.use(answerErrors(services))
  return app
}

function mount(app: Express, routes: readonly Route[]): void {
  for (const { method, path, handlers } of routes) app[method](path, handlers)
}
