import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** What our own pages may do: nothing from another host, nothing inline, nothing that is made of text. */
const PAGES = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'connect-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/** The one page that has another within it. */
const FRAMING = { ...PAGES, 'frame-src': ["'self'"] }

/** What Bull Board needs beyond that: a script app that sets its own base, writes inline styles and stands in a page of ours. */
const BULL_BOARD = {
  ...PAGES,
  'font-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'base-uri': ["'self'"],
  'frame-ancestors': ["'self'"],
}

/**
 * Security headers. Neither upgrade-insecure-requests nor HSTS: both break a dashboard that is served over plain HTTP
 * inside a network, and whoever terminates TLS in front of it sets HSTS there, for the whole host.
 * `same-origin` instead of helmet's `no-referrer`: under the latter browsers send `Origin: null` with a form of our own,
 * and the check against forged requests could not tell it from another site's.
 */
function headers(directives: Record<string, string[]>, framedBy: 'deny' | 'sameorigin' = 'deny'): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: false,
    xFrameOptions: { action: framedBy },
    referrerPolicy: { policy: 'same-origin' },
  })
}

export const pageHeaders: RequestHandler = headers(PAGES)
export const bullBoardHeaders: RequestHandler = headers(BULL_BOARD, 'sameorigin')
export const framingHeaders: RequestHandler = headers(FRAMING)

/** Pages show what is true now and to whom it was shown: neither a proxy nor the Back button keeps them. */
export const keepNoCopy: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

/** A sign-in page's address holds the token: it goes nowhere, not even to our own server's access log as a referrer. */
export const sendNoReferrer: RequestHandler = (_request, response, next) => {
  response.set('Referrer-Policy', 'no-referrer')
  next()
}
