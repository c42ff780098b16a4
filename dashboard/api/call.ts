import { json, type Request, type RequestHandler } from 'express'
import { CONTRACT } from '../../src/api/contract.ts'
import { HEADERS } from '../../src/api/headers.ts'
import type { OperationSchemas } from '../../src/api/operation.ts'
import type { OperationName } from '../../src/api/routes.ts'
import { HttpError } from '../httpError.ts'

/** The largest body there is, a dataflow with a treatment for each of its columns, stays below a tenth of it. */
const BODY_LIMIT = '100kb'

/** Reads the body, which is JSON or absent. A form that another site's page sends is none. */
export const readBody: readonly RequestHandler[] = [
  (request, _response, next) => {
    const empty = request.get('content-length') === '0'
    if (!empty && request.is('application/json') === false)
      throw new HttpError(415, 'A body is JSON here. Send it with Content-Type: application/json.')
    next()
  },
  json({ limit: BODY_LIMIT }),
]

/** What a request says, for an operation to check: it may be anything. */
export function callIn(request: Request, name: OperationName): unknown {
  const { query, headers, body }: OperationSchemas = CONTRACT[name]
  return {
    ...queryOf(request, Object.keys(query?.shape ?? {})),
    ...request.params,
    ...headersOf(request, Object.keys(headers?.shape ?? {}) as (keyof typeof HEADERS)[]),
    ...(body && { body: request.body }),
  }
}

/** What the contract does not know is named so that it can't stand in for a header or a part of the path. */
function queryOf({ query }: Request, known: readonly string[]) {
  const named = Object.entries(query).map(([name, value]) => [known.includes(name) ? name : `?${name}`, value])
  return Object.fromEntries(named)
}

function headersOf(request: Request, fields: readonly (keyof typeof HEADERS)[]) {
  const given = fields.map((field) => [field, request.get(HEADERS[field])])
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}
