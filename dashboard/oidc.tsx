import type { RequestHandler } from 'express'
import { grantsOfGroups } from '../src/access/caller.ts'
import type { OidcProvider } from '../src/access/oidc.ts'
import { createSession } from '../src/access/session.ts'
import { signIn } from '../src/access/signIn.ts'
import { PoolkeeperError } from '../src/errors.ts'
import { clearCookie, readCookie, setCookie } from './cookie.ts'
import { letIn, turnAway, whereFrom } from './entry.tsx'
import { sendNoReferrer } from './headers.ts'
import { problemOf } from './problem.ts'
import type { Services } from './services.ts'

/** What the browser that began a sign-in has to come back with. */
const COOKIE = 'poolkeeper-oidc'

/** Sends somebody to the provider. */
export function beginOidc(services: Services, provider: OidcProvider): RequestHandler {
  return turningAway(services, async (request, response) => {
    const { address, id, expiresAt } = await provider.begin(services.db)
    setCookie(request, response, COOKIE, id, expiresAt)
    response.redirect(303, address)
  })
}

/** Where the provider sends them back to. */
export function finishOidc(services: Services, provider: OidcProvider): RequestHandler[] {
  const { db } = services
  return [
    sendNoReferrer,
    turningAway(services, async (request, response) => {
      const id = readCookie(request, COOKIE) ?? ''
      clearCookie(request, response, COOKIE)
      const { person, subject, groups } = await provider.finish(db, id, new URL(request.originalUrl, 'http://_').search)
      const grants = grantsOfGroups(groups, provider.settings.roles)
      if (!grants) return turnAway(services, request, response, NO_GROUP, { status: 403 })
      const how = { with: 'OpenID Connect', subject } as const
      const session = await signIn(db, whereFrom(request, response), how, (tx) =>
        createSession(tx, { person, ...grants, tokenId: null }),
      )
      if (session) letIn(services, request, response, session)
    }),
  ]
}

const NO_GROUP =
  'The OpenID provider knows you, but none of your groups may use Poolkeeper. Ask whoever runs it to map one of them in POOLKEEPER_OIDC_ROLES.'

/** What did not work stands on the sign-in page, where one can begin anew; its cause goes into the log. */
function turningAway(services: Services, work: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler {
  return async (request, response, next) => {
    try {
      await work(request, response, next)
    } catch (error) {
      if (!(error instanceof PoolkeeperError)) throw error
      const { status } = problemOf(error)
      turnAway(services, request, response, error.description, { status, error: error.cause })
    }
  }
}
