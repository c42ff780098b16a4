import type { Request, Response } from 'express'
import { clearCookie, readCookie, setCookie } from './cookie.ts'
import { destinationOf } from './destination.ts'

const COOKIE = 'poolkeeper-wanted'

/** As long as a sign-in link holds. */
const KEPT_MS = 15 * 60_000

/** Browsers keep cookies of 4 kB. */
const LONGEST = 2_000

/** Keeps in mind which page somebody asked for who is not signed in, whichever way they then sign in. */
export function rememberWanted(request: Request, response: Response): void {
  // what is no browser says nothing, and what is asked for from within a page is not where anybody wants to go
  if (!['document', undefined].includes(destinationOf(request))) return
  const wanted = request.method === 'GET' ? request.originalUrl : formOf(request)
  if (wanted.length <= LONGEST) setCookie(request, response, COOKIE, wanted, new Date(Date.now() + KEPT_MS))
}

/** Where they go once they are signed in; it counts once. */
export function takeWanted(request: Request, response: Response): string {
  const wanted = readCookie(request, COOKIE)
  if (wanted === undefined) return '/'
  clearCookie(request, response, COOKIE)
  return ownPath(wanted)
}

/** The page that a form was sent from: browsers name it, and it is one of ours. */
export function formOf(request: Request): string {
  const from = request.get('Referer')
  if (from === undefined || !URL.canParse(from)) return '/'
  const { host, pathname, search } = new URL(from)
  return host === request.host ? ownPath(`${pathname}${search}`) : '/'
}

/** A path on this host, or the first page: two slashes, or what browsers take for them, would lead to another. */
export function ownPath(text: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : '/'
}
