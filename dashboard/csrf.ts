import { doubleCsrf } from 'csrf-csrf'
import { type Request, type RequestHandler, type Response, urlencoded } from 'express'
import { API } from '../src/api/routes.ts'
import { callerOf } from './caller.ts'
import { cookieAttributes, cookieName, readSessionCookie } from './cookie.ts'
import { HttpError } from './httpError.ts'
import { CSRF_FIELD } from './parts/changeForm.tsx'

const HEADER = 'X-CSRF-Token'

/**
 * A token that only our own pages can know, for every change that is asked for with a session's cookie. It is signed with
 * the session id: any dashboard can check it, nothing more has to be kept secret, and with another session it is worth
 * nothing.
 */
const protection = (secure: boolean) =>
  doubleCsrf({
    getSecret: (request) => sessionOf(request),
    getSessionIdentifier: sessionOf,
    cookieName: cookieName('poolkeeper-csrf', secure),
    cookieOptions: cookieAttributes(secure),
    getCsrfTokenFromRequest: (request) => request.get(HEADER) ?? fieldIn(request.body),
  })

const PROTECTION = { plain: protection(false), secure: protection(true) }

const protectionOf = ({ secure }: Request) => PROTECTION[secure ? 'secure' : 'plain']

/** The guard has let it pass: there is a session, and the cookie names it. */
function sessionOf(request: Request | undefined): string {
  const id = request && readSessionCookie(request)
  if (!id) throw new TypeError('a request without a session needs no token')
  return id
}

function fieldIn(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && CSRF_FIELD in body ? String(body[CSRF_FIELD]) : undefined
}

/** The token for the forms of a page, and its cookie; undefined for who came with a token of theirs: nothing to forge. */
export function csrfTokenFor(request: Request, response: Response): string | undefined {
  if (callerOf(response).via !== 'session') return undefined
  return protectionOf(request).generateCsrfToken(request, response)
}

/** A treatment for each column of every table stays below a tenth of it. */
const readBody = urlencoded({ extended: false, limit: '100kb' })

/** Reads what a form of ours sends. The API takes JSON only. */
export const readForm: RequestHandler = (request, response, next) => {
  if (request.path.startsWith(`${API}/`)) next()
  else readBody(request, response, next)
}

const READS = new Set(['GET', 'HEAD'])

/**
 * Turns away a change that another site's page asks for with this browser's cookie. SameSite=Lax keeps the cookie from
 * other sites, not from another port of this host, which the browser counts as the same site. Who comes with a token in the
 * Authorization header needs none of this: no browser sends that by itself.
 */
export const refuseForgedChanges: RequestHandler = (request, response, next) => {
  if (READS.has(request.method) || callerOf(response).via !== 'session') return next()
  refuseFromElsewhere(request)
  if (!protectionOf(request).validateRequest(request)) {
    throw new HttpError(403, 'This form is of an earlier session, so nothing was changed. Load the page again.')
  }
  next()
}

/**
 * Browsers send an Origin with every change; what sends none is no browser and carries nobody's cookie by itself.
 * Hosts are compared, not schemes: a proxy that ends TLS without saying so would otherwise lock everybody out.
 * @throws HttpError 403 when a page of another site asks
 */
export function refuseFromElsewhere({ headers: { origin }, host }: Request): void {
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return
  throw new HttpError(403, 'This change was asked for by a page of another site, so it was not made.')
}
