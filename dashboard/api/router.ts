import { type RequestHandler, Router } from 'express'
import { CONTRACT } from '../../src/api/contract.ts'
import type { OperationSchemas, StreamEvent, TextFile } from '../../src/api/operation.ts'
import { type OperationName, ROUTES, type Route } from '../../src/api/routes.ts'
import { performAny } from '../../src/operations/perform.ts'
import { callerOf } from '../caller.ts'
import { HttpError } from '../httpError.ts'
import type { Services } from '../services.ts'
import { whileWaitedFor } from '../waitedFor.ts'
import { callIn, readBody } from './call.ts'
import { sendEvents, sendText } from './streams.ts'

/** The API: each operation at its route. Mount it behind the guard. */
export function apiRouter(services: Services): Router {
  const router = Router({ caseSensitive: true }).use(answerInFull, ...readBody)
  const names = Object.keys(ROUTES) as OperationName[]
  for (const name of names) {
    const { method, path, streams }: Route = ROUTES[name]
    router[method](addressOf(path), streams ? answerWithStream(services, name) : answer(services, name))
  }
  for (const path of new Set(names.map((name) => ROUTES[name].path))) {
    router.all(addressOf(path), refuseMethod(methodsAt(path)))
  }
  return router
}

function methodsAt(path: string): string[] {
  const routes = Object.values(ROUTES).filter((route) => route.path === path)
  return routes.map(({ method }) => method.toUpperCase())
}

/** As Express writes it: `/runs/:run`. */
const addressOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1')

/**
 * Takes out what would ask for a 304. An ETag is that of the settings, for `If-Match`; the last run beside them changes
 * without it.
 */
const answerInFull: RequestHandler = (request, _response, next) => {
  delete request.headers['if-none-match']
  next()
}

function answer(services: Services, name: OperationName): RequestHandler {
  const { status, versioned }: OperationSchemas = CONTRACT[name]
  return async (request, response) => {
    const signal = whileWaitedFor(response)
    const context = { ...services, caller: callerOf(response), signal }
    const output: unknown = await performAny(context, name, callIn(request, name)).catch(unlessGone(signal))
    if (signal.aborted) return
    if (versioned) response.set('ETag', `"${(output as { version: number }).version}"`)
    response.status(status ?? 200).json(output)
  }
}

function answerWithStream(services: Services, name: OperationName): RequestHandler {
  const { streams }: Route = ROUTES[name]
  return async (request, response) => {
    const signal = services.streams.open(request, response)
    const context = { ...services, caller: callerOf(response), signal }
    const output: unknown = await performAny(context, name, callIn(request, name))
    if (request.method === 'HEAD') response.end()
    else if (streams === 'events') await sendEvents(response, output as AsyncIterable<StreamEvent>, signal)
    else await sendText(response, output as TextFile, signal)
  }
}

/** Work that was given up because nobody waits for it any more has not failed. */
const unlessGone = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted || !(error instanceof Error) || error.name !== 'AbortError') throw error
}

function refuseMethod(allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed.join(', '))
    throw new HttpError(
      405,
      `${request.method} is not for this address; ${allowed.join(' and ')} can be asked for here.`,
    )
  }
}
