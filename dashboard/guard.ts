import type { RequestHandler } from 'express'
import { type Needs, refuseWhoMayNot } from '../src/access/caller.ts'
import type { Database } from '../src/db/database.ts'
import { callerOf, identify, rememberCaller } from './caller.ts'
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

/** Lets those on who have what it takes, for what is no operation with a role of its own. */
export function onlyFor(needs: Needs): RequestHandler {
  return (_request, response, next) => {
    refuseWhoMayNot(callerOf(response), needs)
    next()
  }
}
