import type { Request, Response } from 'express'
import { z } from 'zod'
import { clearCookie, readCookie, setCookie } from './cookie.ts'

/** What the next page says once: what was done, or why it was not. */
const notice = z.object({ tone: z.enum(['good', 'bad']), text: z.string().max(2_000) })
export type Notice = z.output<typeof notice>

const COOKIE = 'poolkeeper-notice'

/** As long as a redirect takes, and a slow network. */
const KEPT_MS = 60_000

/** Leaves a notice for the page that the browser is sent to. */
export function leaveNotice(request: Request, response: Response, left: Notice): void {
  const value = Buffer.from(JSON.stringify(left)).toString('base64url')
  setCookie(request, response, COOKIE, value, new Date(Date.now() + KEPT_MS))
}

/** The notice that was left, if there is one; it is shown this once. Whatever else the cookie holds is none. */
export function takeNotice(request: Request, response: Response): Notice | undefined {
  const value = readCookie(request, COOKIE)
  if (value === undefined) return undefined
  clearCookie(request, response, COOKIE)
  try {
    return notice.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data
  } catch {
    return undefined
  }
}
