import cookieParser from 'cookie-parser'
import type { CookieOptions, Request, RequestHandler, Response } from 'express'
import type { OpenedSession } from '../src/access/session.ts'

/**
 * Reads the cookies. cookie-parser takes one that begins with `j:` for JSON; whoever sends such a one finds it missing, and
 * nothing that expects text is given an object.
 */
export const readCookies: readonly RequestHandler[] = [
  cookieParser(),
  (request, _response, next) => {
    for (const [name, value] of Object.entries(request.cookies))
      if (typeof value !== 'string') delete request.cookies[name]
    next()
  },
]

/** Over TLS `__Host-` makes the browser itself refuse a cookie that a neighbour on a sibling domain planted. */
export const cookieName = (name: string, secure: boolean) => (secure ? `__Host-${name}` : name)

/** Lax, not Strict: a link to a run in a chat message must open for somebody who is signed in. */
export const cookieAttributes = (secure: boolean) =>
  ({ httpOnly: true, sameSite: 'lax', secure, path: '/' }) as const satisfies CookieOptions

/** A cookie of ours: the secret that the browser is to send, and until when. */
export function setCookie(request: Request, response: Response, name: string, value: string, expires: Date): void {
  response.cookie(cookieName(name, request.secure), value, { ...cookieAttributes(request.secure), expires })
}

export function readCookie(request: Request, name: string): string | undefined {
  return request.cookies[cookieName(name, request.secure)]
}

export function clearCookie(request: Request, response: Response, name: string): void {
  response.clearCookie(cookieName(name, request.secure), cookieAttributes(request.secure))
}

const SESSION = 'poolkeeper'

/** The session id that the browser sent, if it sent one. */
export const readSessionCookie = (request: Request) => readCookie(request, SESSION)

export function setSessionCookie(request: Request, response: Response, { id, expiresAt }: OpenedSession): void {
  setCookie(request, response, SESSION, id, expiresAt)
}

export const clearSessionCookie = (request: Request, response: Response) => clearCookie(request, response, SESSION)
