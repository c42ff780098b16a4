import type { Request, RequestHandler } from 'express'
import { findSession } from '../src/access/session.ts'
import type { Database } from '../src/db/database.ts'
import { readSessionCookie } from './cookie.ts'
import { HttpError } from './httpError.ts'

/**
 * Stands once, before everything that is not open to all: whatever is mounted after it answers only within a session,
 * an address that does not exist included. 401 and no redirect, because a redirect makes scripts and event streams take
 * the sign-in page for their answer.
 */
export function requireSession(db: Database): RequestHandler {
  return async (request, _response, next) => {
    const id = readSessionCookie(request)
    if (!id || !(await findSession(db, id))) throw new HttpError(401, 'You are not signed in.')
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
