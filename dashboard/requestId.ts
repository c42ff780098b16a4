import { randomUUID } from 'node:crypto'
import type { RequestHandler, Response } from 'express'

const HEADER = 'X-Request-Id'

/** What a proxy before us may have called the request: it is written into logs, so it may be nothing but a name. */
const GIVEN = /^[\w.-]{8,64}$/

/** Names each request, so that an answer, a line in the log and an entry in the audit log can be told to belong together. */
export const nameRequest: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER)
  response.set(HEADER, given !== undefined && GIVEN.test(given) ? given : randomUUID())
  next()
}

/** The name of the request that is being answered. */
export function requestIdOf(response: Response): string {
  return String(response.get(HEADER))
}
