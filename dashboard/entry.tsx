import type { Request, Response } from 'express'
import type { OpenedSession } from '../src/access/session.ts'
import type { SignInRequest } from '../src/access/signIn.ts'
import { readSessionCookie, setSessionCookie } from './cookie.ts'
import { HowToSignIn } from './pages/signIn.tsx'
import { sendPage } from './render.ts'
import { requestIdOf } from './requestId.ts'
import type { Services } from './services.ts'
import { takeWanted } from './wanted.ts'

/** Where somebody knocks. */
export function whereFrom(request: Request, response: Response): SignInRequest {
  const { ip: origin = 'unknown' } = request
  return { origin, requestId: requestIdOf(response), earlier: readSessionCookie(request) }
}

/** Somebody has a session from now on. */
export function letIn({ logger }: Services, request: Request, response: Response, session: OpenedSession): void {
  logger.info({ requestId: requestIdOf(response) }, 'somebody signed in')
  setSessionCookie(request, response, session)
  response.redirect(303, takeWanted(request, response))
}

/** Says why somebody has none. @param error what the log says of it beyond that */
export function turnAway(
  { logger, oidc }: Services,
  request: Request,
  response: Response,
  problem: string,
  { status = 401, error }: { readonly status?: number; readonly error?: unknown } = {},
): void {
  const { ip: origin } = request
  logger.warn({ origin, requestId: requestIdOf(response), err: error }, 'somebody tried to sign in and was turned away')
  sendPage(response, <HowToSignIn problem={problem} oidc={oidc !== undefined} />, status)
}
