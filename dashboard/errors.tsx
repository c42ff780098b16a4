import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { API } from '../src/api/routes.ts'
import { HttpError } from './httpError.ts'
import { HowToSignIn } from './pages/signIn.tsx'
import { Trouble } from './pages/trouble.tsx'
import { problemJson, problemOf } from './problem.ts'
import { sendPage } from './render.ts'
import { requestIdOf } from './requestId.ts'
import type { Services } from './services.ts'

export const notFound: RequestHandler = () => {
  throw new HttpError(404, 'There is nothing at this address.')
}

/** Answers whatever went wrong: with a page for people, with an RFC 9457 problem for programs. */
export function answerErrors({ logger, oidc }: Services): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = problemOf(error)
    const { status, detail, remedy } = problem
    const requestId = requestIdOf(response)
    // The path without its query: a sign-in link's token stands there.
    if (isUnforeseen(error, status))
      logger.error({ err: error, method: request.method, path: request.path, requestId }, 'failed')
    if (response.headersSent) {
      response.destroy()
    } else if (isForProgram(request)) {
      response.status(status).type('application/problem+json').send(problemJson(problem, requestId))
    } else {
      const message = [detail, remedy].filter(Boolean).join(' ')
      const page =
        status === 401 ? <HowToSignIn oidc={oidc !== undefined} /> : <Trouble status={status} message={message} />
      sendPage(response, page, status)
    }
  }
}

function isForProgram(request: Request): boolean {
  return request.originalUrl.startsWith(`${API}/`) || request.accepts(['html', 'json']) !== 'html'
}

/** What was thrown as an answer is none: Bull Board asks every few seconds while Redis is away. */
function isUnforeseen(error: unknown, status: number): boolean {
  return status >= 500 && !(error instanceof HttpError)
}
