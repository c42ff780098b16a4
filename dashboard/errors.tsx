import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { VNode } from 'preact'
import { API } from '../src/api/routes.ts'
import { knownCallerOf } from './caller.ts'
import { destinationOf } from './destination.ts'
import { HttpError } from './httpError.ts'
import { HowToSignIn } from './pages/signIn.tsx'
import { Trouble, TroubleInFrame } from './pages/trouble.tsx'
import { type Problem, problemJson, problemOf } from './problem.ts'
import { sendPage } from './render.ts'
import { requestIdOf } from './requestId.ts'
import type { Services } from './services.ts'
import { surroundingsInTrouble } from './surroundings.ts'
import { ownPath, rememberWanted } from './wanted.ts'

export const notFound: RequestHandler = () => {
  throw new HttpError(404, 'There is nothing at this address.')
}

/** Answers whatever went wrong: with a page for people, with an RFC 9457 problem for programs. */
export function answerErrors(services: Services): ErrorRequestHandler {
  const { logger } = services
  return (error, request, response, _next) => {
    const problem = problemOf(error)
    const { status } = problem
    const requestId = requestIdOf(response)
    // The path without its query: a sign-in link's token stands there.
    if (isUnforeseen(error, status))
      logger.error({ err: error, method: request.method, path: request.path, requestId }, 'failed')
    if (response.headersSent) {
      response.destroy()
    } else if (isForProgram(request)) {
      response.status(status).type('application/problem+json').send(problemJson(problem, requestId))
    } else {
      sendPage(response, pageAbout(problem, services, request, response), status)
    }
  }
}

/** In the frame for whoever is known to be signed in. */
function pageAbout(problem: Problem, services: Services, request: Request, response: Response): VNode {
  const { status } = problem
  if (status === 401) {
    rememberWanted(request, response)
    return <HowToSignIn oidc={services.oidc !== undefined} />
  }
  const trouble = {
    problem,
    requestId: requestIdOf(response),
    again: request.method === 'GET' ? ownPath(request.originalUrl) : undefined,
  }
  if (!knownCallerOf(response) || destinationOf(request) === 'iframe') return <Trouble {...trouble} />
  return <TroubleInFrame {...trouble} around={surroundingsInTrouble(services, request, response)} />
}

function isForProgram(request: Request): boolean {
  return request.originalUrl.startsWith(`${API}/`) || request.accepts(['html', 'json']) !== 'html'
}

/** What was thrown as an answer is none: Bull Board asks every few seconds while Redis is away. */
function isUnforeseen(error: unknown, status: number): boolean {
  return status >= 500 && !(error instanceof HttpError)
}
