import type { Request, RequestHandler } from 'express'
import type { Database } from '../src/db/database.ts'
import { identify, rememberCaller } from './caller.ts'
import { HttpError } from './httpError.ts'

/**
 * Stands once, before everything that is not open to all: whatever is mounted after it answers only those who are known,
 * an address that does not exist included. 401 and no redirect, because a redirect makes scripts and event streams take
 * the sign-in page for their answer.
 */
export function requireCaller(db: Database): RequestHandler {
  return async (request, response, next) => {
    const caller = await identify(db, request, response)
    if (!caller) {
      response.set('WWW-Authenticate', 'Bearer realm="Poolkeeper"')
      throw new HttpError(401, 'You are not signed in.')
    }
    rememberCaller(response, caller)
    next()
  }
}

const READS = new Set(['GET', 'HEAD'])

/**
 * Turns away a change that another site's page asks for with this browser's cookie. SameSite=Lax keeps the cookie from
 * other sites, not from another port of this host, which the browser counts as the same site.
 */
export const refuseForgedChanges: RequestHandler = (request, _response, next) => {
  if (!READS.has(request.method) && isFromElsewhere(request)) {
    throw new HttpError(403, 'This change was asked for by a page of another site, so it was not made.')
  }
  next()
}

/**
 * Browsers send an Origin with every such request; what sends none is no browser and carries nobody's cookie by itself.
 * Hosts are compared, not schemes: a proxy that ends TLS without saying so would otherwise lock everybody out.
 */
function isFromElsewhere(request: Request): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== request.host
}
