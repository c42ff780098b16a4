import { json, type Request, type RequestHandler, type Response, Router } from 'express'
import { type Call, CONTRACT } from '../../src/api/contract.ts'
import { HEADERS } from '../../src/api/headers.ts'
import type { OperationSchemas, StreamEvent, TextFile } from '../../src/api/operation.ts'
import { type OperationName, ROUTES, type Route } from '../../src/api/routes.ts'
import { perform } from '../../src/operations/perform.ts'
import { callerOf } from '../caller.ts'
import type { Services } from '../services.ts'
import { sendEvents, sendText } from './streams.ts'

/** The largest body there is, a dataflow with a treatment for each of its columns, stays below a tenth of it. */
const BODY_LIMIT = '100kb'

/** The API: each operation at its route. Mount it behind the guard. */
export function apiRouter(services: Services): Router {
  const router = Router({ caseSensitive: true }).use(json({ limit: BODY_LIMIT }))
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const { method, path, streams }: Route = ROUTES[name]
    const handler = streams ? answerWithStream(services, name) : answer(services, name)
    router[method](path.replaceAll(/\{(\w+)\}/g, ':$1'), handler)
  }
  return router
}

function answer(services: Services, name: OperationName): RequestHandler {
  const { status }: OperationSchemas = CONTRACT[name]
  return async (request, response) => {
    const context = { ...services, caller: callerOf(response), signal: whileWaitedFor(response) }
    const output = await perform(context, name, callIn(request, name))
    response.status(status ?? 200).json(output)
  }
}

function answerWithStream(services: Services, name: OperationName): RequestHandler {
  const { streams }: Route = ROUTES[name]
  return async (request, response) => {
    const signal = services.streams.open(request, response)
    const context = { ...services, caller: callerOf(response), signal }
    const output: unknown = await perform(context, name, callIn(request, name))
    if (streams === 'events') await sendEvents(response, output as AsyncIterable<StreamEvent>, signal)
    else await sendText(response, output as TextFile, signal)
  }
}

/** Aborted when the connection closes before the answer is complete, or after. */
function whileWaitedFor(response: Response): AbortSignal {
  const waiting = new AbortController()
  response.once('close', () => waiting.abort())
  return waiting.signal
}

/** What a request says, for an operation to check: it may be anything. */
function callIn<Name extends OperationName>(request: Request, name: Name): Call<Name> {
  const { headers, body }: OperationSchemas = CONTRACT[name]
  const fields = Object.keys(headers?.shape ?? {}) as (keyof typeof HEADERS)[]
  const given = fields.flatMap((field) => {
    const value = request.get(HEADERS[field])
    return value === undefined ? [] : [[field, value]]
  })
  const call: unknown = {
    ...request.query,
    ...request.params,
    ...Object.fromEntries(given),
    ...(body && { body: request.body }),
  }
  return call as Call<Name>
}
