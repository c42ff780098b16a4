import type { CookieOptions, Request, Response } from 'express'
import type { OpenedSession } from '../src/access/session.ts'

/** Over TLS `__Host-` makes the browser itself refuse a cookie that a neighbour on a sibling domain planted. */
const cookieName = (request: Request) => (request.secure ? '__Host-poolkeeper' : 'poolkeeper')

/** Lax, not Strict: a link to a run in a chat message must open for somebody who is signed in. */
const attributes = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: request.secure,
  path: '/',
})

/** The session id that the browser sent, if it sent one. */
export function readSessionCookie(request: Request): string | undefined {
  const start = `${cookieName(request)}=`
  const pair = request.headers.cookie?.split('; ').find((text) => text.startsWith(start))
  return pair?.slice(start.length)
}

export function setSessionCookie(request: Request, response: Response, session: OpenedSession): void {
  response.cookie(cookieName(request), session.id, { ...attributes(request), expires: session.expiresAt })
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(cookieName(request), attributes(request))
}
