import { type RequestHandler, type Response, Router } from 'express'
import { CONTRACT } from '../../src/api/contract.ts'
import type { OperationSchemas, StreamEvent, TextFile } from '../../src/api/operation.ts'
import { type OperationName, ROUTES, type Route } from '../../src/api/routes.ts'
import { perform } from '../../src/operations/perform.ts'
import { callerOf } from '../caller.ts'
import { HttpError } from '../httpError.ts'
import type { Services } from '../services.ts'
import { callIn, readBody } from './call.ts'
import { sendEvents, sendText } from './streams.ts'

/** The API: each operation at its route. Mount it behind the guard. */
export function apiRouter(services: Services): Router {
  const router = Router({ caseSensitive: true }).use(answerInFull, ...readBody)
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const { method, path, streams }: Route = ROUTES[name]
    const handler = streams ? answerWithStream(services, name) : answer(services, name)
    router[method](path.replaceAll(PARAMETER, ':$1'), handler)
  }
  return router.use(refuseOtherMethods)
}

const PARAMETER = /\{(\w+)\}/g

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
    const output: unknown = await perform(context, name, callIn(request, name)).catch(unlessGone(signal))
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
    const output: unknown = await perform(context, name, callIn(request, name))
    if (request.method === 'HEAD') response.end()
    else if (streams === 'events') await sendEvents(response, output as AsyncIterable<StreamEvent>, signal)
    else await sendText(response, output as TextFile, signal)
  }
}

/** Work that was given up because nobody waits for it any more has not failed. */
const unlessGone = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted || !(error instanceof Error) || error.name !== 'AbortError') throw error
}

/** Aborted when the connection closes before the answer is complete, or after. */
function whileWaitedFor(response: Response): AbortSignal {
  const waiting = new AbortController()
  response.once('close', () => waiting.abort())
  return waiting.signal
}

/** Tells an address that is asked for otherwise from one that is none. */
const refuseOtherMethods: RequestHandler = (request, response, next) => {
  const here = Object.values(ROUTES).filter(({ path }) => addressesAt(path).test(request.path))
  if (here.length === 0) return next()
  const allowed = here.map(({ method }) => method.toUpperCase()).join(', ')
  response.set('Allow', allowed)
  throw new HttpError(405, `${request.method} is not for this address, which takes ${allowed}.`)
}

const addressesAt = (path: string) => new RegExp(`^${path.replaceAll(PARAMETER, '[^/]+')}/?$`)
