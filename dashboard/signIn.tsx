import { type Request, type RequestHandler, type Response, urlencoded } from 'express'
import { z } from 'zod'
import type { OpenedSession } from '../src/access/session.ts'
import { openWithToken, signIn, signOut } from '../src/access/signIn.ts'
import { LINK_MINUTES, redeemSignInLink } from '../src/access/signInLink.ts'
import { callerOf } from './caller.ts'
import { clearSessionCookie, readSessionCookie } from './cookie.ts'
import { refuseFromElsewhere } from './csrf.ts'
import { letIn, turnAway, whereFrom } from './entry.tsx'
import { sendNoReferrer } from './headers.ts'
import { HttpError } from './httpError.ts'
import { ConfirmSignIn, HowToSignIn } from './pages/signIn.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'

const credentials = z.object({ token: z.string().trim().min(1).max(100) })

/** GET: a click on the link signs in at once; whatever may not be a click gets a button, and the link stays unused. */
export function openSignInLink(services: Services): RequestHandler[] {
  return [
    sendNoReferrer,
    async (request, response) => {
      const { data } = credentials.safeParse(request.query)
      if (!data) return sendPage(response, <HowToSignIn oidc={services.oidc !== undefined} />)
      if (!isClick(request)) return sendPage(response, <ConfirmSignIn token={data.token} />)
      await signInByLink(services, request, response, data.token)
    },
  ]
}

/** POST: the button. */
export function confirmSignIn(services: Services): RequestHandler[] {
  return ofForm((request, response, token) => signInByLink(services, request, response, token))
}

/** POST: the field for a token. */
export function signInWithToken(services: Services): RequestHandler[] {
  return ofForm(async (request, response, token) => {
    const session = await signIn(services.db, whereFrom(request, response), { with: 'token' }, (tx) =>
      openWithToken(tx, token),
    )
    answer(services, request, response, session, 'This token does not exist, was revoked, or has expired.')
  })
}

/** Ends the session. Its cookie goes as well, and what it was copied to opens nothing. */
export function endOwnSession({ db }: Services): RequestHandler {
  return async (request, response) => {
    const id = readSessionCookie(request)
    if (id) await signOut(db, id, callerOf(response))
    clearSessionCookie(request, response)
    response.redirect(303, '/sign-in')
  }
}

/**
 * A form of somebody who has no session yet: the secret in it is what counts. That another site's page sent it is refused
 * nevertheless: it would sign people in as somebody else, whose work they would then do.
 */
function ofForm(work: (request: Request, response: Response, token: string) => Promise<void>): RequestHandler[] {
  return [
    sendNoReferrer,
    urlencoded({ extended: false, limit: '1kb' }),
    async (request, response) => {
      refuseFromElsewhere(request)
      const { data } = credentials.safeParse(request.body)
      if (!data) throw new HttpError(400, 'The form came without its token.')
      await work(request, response, data.token)
    },
  ]
}

async function signInByLink(services: Services, request: Request, response: Response, token: string): Promise<void> {
  const session = await signIn(services.db, whereFrom(request, response), { with: 'link' }, (tx) =>
    redeemSignInLink(tx, token),
  )
  answer(services, request, response, session, `This link was used already, or is older than ${LINK_MINUTES} minutes.`)
}

function answer(
  services: Services,
  request: Request,
  response: Response,
  session: OpenedSession | undefined,
  problem: string,
): void {
  if (session) letIn(services, request, response, session)
  else turnAway(services, request, response, problem)
}

/**
 * Whether a person opened this address. Browsers mark a navigation that somebody caused with `Sec-Fetch-User: ?1`; a
 * prefetch and a script's fetch lack it. Without any `Sec-Fetch` header it is curl, or a browser over plain HTTP to
 * another machine, which get what they ask for.
 */
function isClick(request: Request): boolean {
  if (request.method !== 'GET') return false
  const mode = request.get('Sec-Fetch-Mode')
  return mode === undefined || (mode === 'navigate' && request.get('Sec-Fetch-User') === '?1')
}
