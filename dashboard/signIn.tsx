import { type Request, type RequestHandler, type Response, urlencoded } from 'express'
import { rateLimit } from 'express-rate-limit'
import { z } from 'zod'
import { endSession } from '../src/access/session.ts'
import { LINK_MINUTES, redeemSignInLink } from '../src/access/signInLink.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './cookie.ts'
import { sendNoReferrer } from './headers.ts'
import { HttpError } from './httpError.ts'
import { ConfirmSignIn, HowToSignIn } from './pages/signIn.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'

const ATTEMPTS_A_MINUTE = 30

/** Counts attempts by address. 160-bit tokens can't be guessed; this keeps the database from being busy with it. */
export function limitAttempts(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: ATTEMPTS_A_MINUTE,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) => {
      next(new HttpError(429, 'Too many attempts to sign in from your address. Wait a minute.'))
    },
  })
}

const credentials = z.object({ token: z.string().min(1).max(100) })

/** GET: a click on the link signs in at once; whatever may not be a click gets a button, and the link stays unused. */
export function openSignInLink(services: Services): RequestHandler[] {
  return [
    sendNoReferrer,
    async (request, response) => {
      const { data } = credentials.safeParse(request.query)
      if (!data) return sendPage(response, <HowToSignIn />)
      if (!isClick(request)) return sendPage(response, <ConfirmSignIn token={data.token} />)
      await signIn(services, request, response, data.token)
    },
  ]
}

/** POST: the button. Needs no protection against forged requests: the token itself is the secret. */
export function confirmSignIn(services: Services): RequestHandler[] {
  return [
    sendNoReferrer,
    urlencoded({ extended: false, limit: '1kb' }),
    async (request, response) => {
      const { data } = credentials.safeParse(request.body)
      if (!data) throw new HttpError(400, 'The form came without its token. Open the link again.')
      await signIn(services, request, response, data.token)
    },
  ]
}

export function signOut({ db }: Services): RequestHandler {
  return async (request, response) => {
    const id = readSessionCookie(request)
    if (id) await endSession(db, id)
    clearSessionCookie(request, response)
    response.redirect(303, '/sign-in')
  }
}

async function signIn({ db, logger }: Services, request: Request, response: Response, token: string): Promise<void> {
  const session = await redeemSignInLink(db, token)
  if (!session) {
    const problem = `This link was used already, or is older than ${LINK_MINUTES} minutes.`
    return sendPage(response, <HowToSignIn problem={problem} />, 401)
  }
  logger.info('somebody signed in')
  setSessionCookie(request, response, session)
  response.redirect(303, '/')
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
