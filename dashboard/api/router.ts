import { json, type Request, type RequestHandler, Router } from 'express'
import { type Call, CONTRACT } from '../../src/api/contract.ts'
import { HEADERS } from '../../src/api/headers.ts'
import type { OperationSchemas } from '../../src/api/operation.ts'
import { type OperationName, ROUTES } from '../../src/api/routes.ts'
import { perform } from '../../src/operations/perform.ts'
import { callerOf } from '../caller.ts'
import type { Services } from '../services.ts'

/** The largest body there is, a dataflow with a treatment for each of its columns, stays below a tenth of it. */
const BODY_LIMIT = '100kb'

/** The API: each operation at its route. Mount it behind the guard. */
export function apiRouter(services: Services): Router {
  const router = Router({ caseSensitive: true }).use(json({ limit: BODY_LIMIT }))
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const { method, path } = ROUTES[name]
    router[method](path.replaceAll(/\{(\w+)\}/g, ':$1'), answer(services, name))
  }
  return router
}

function answer(services: Services, name: OperationName): RequestHandler {
  const { status }: OperationSchemas = CONTRACT[name]
  return async (request, response) => {
    const context = { ...services, caller: callerOf(response) }
    const output = await perform(context, name, callIn(request, name))
    response.status(status ?? 200).json(output)
  }
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
