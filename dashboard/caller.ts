import type { Request, Response } from 'express'
import type { Caller } from '../src/access/caller.ts'
import { findSession } from '../src/access/session.ts'
import { findToken } from '../src/access/token.ts'
import type { Database } from '../src/db/database.ts'
import { readSessionCookie } from './cookie.ts'
import { requestIdOf } from './requestId.ts'

/** Who sent a request: the holder of the token in its Authorization header, else of the session in its cookie. */
export async function identify(db: Database, request: Request, response: Response): Promise<Caller | undefined> {
  const where = { origin: request.ip ?? 'unknown', requestId: requestIdOf(response) }
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const token = await findToken(db, /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '')
    if (!token) return undefined
    const { id: tokenId, name, role, personal, dataflows } = token
    return { ...where, via: 'token', tokenId, name, role, personal, dataflows }
  }
  const id = readSessionCookie(request)
  const session = id === undefined ? undefined : await findSession(db, id)
  if (!session) return undefined
  const { person: name, tokenId, role, personal, dataflows } = session
  return { ...where, via: 'session', tokenId, name, role, personal, dataflows }
}

const CALLERS = new WeakMap<Response, Caller>()

/** Notes who is being answered. */
export function rememberCaller(response: Response, caller: Caller): void {
  CALLERS.set(response, caller)
}

/** Who is being answered, as far as it is known: an error may come before anybody was asked who they are. */
export const knownCallerOf = (response: Response) => CALLERS.get(response)

/** Who is being answered. Call it behind the guard. */
export function callerOf(response: Response): Caller {
  const caller = knownCallerOf(response)
  if (!caller) throw new TypeError('a route that needs a caller stands before the guard')
  return caller
}
