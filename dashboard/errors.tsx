import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { databaseTrouble } from '../src/db/trouble.ts'
import { AskError, WaitError } from '../src/errors.ts'
import type { Logger } from '../src/logger.ts'
import { HttpError } from './httpError.ts'
import { HowToSignIn } from './pages/signIn.tsx'
import { Trouble } from './pages/trouble.tsx'
import { sendPage } from './render.ts'

export const notFound: RequestHandler = () => {
  throw new HttpError(404, 'There is nothing at this address.')
}

/**
 * Answers whatever went wrong: with a page for people, with an RFC 9457 problem for programs. Only errors that were
 * written for whoever asked are shown; of all others the log has the details.
 */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const { status, message } = forPeople(error)
    // The path without its query: a sign-in link's token stands there.
    if (isUnforeseen(error, status)) logger.error({ err: error, method: request.method, path: request.path }, 'failed')
    if (response.headersSent) {
      response.destroy()
    } else if (request.accepts(['html', 'json']) !== 'html') {
      const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message }
      response.status(status).type('application/problem+json').send(JSON.stringify(problem))
    } else {
      sendPage(response, status === 401 ? <HowToSignIn /> : <Trouble status={status} message={message} />, status)
    }
  }
}

/** What was thrown as an answer is none: Bull Board asks every few seconds while Redis is away. */
function isUnforeseen(error: unknown, status: number): boolean {
  return status >= 500 && !(error instanceof HttpError)
}

function forPeople(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof AskError) return new HttpError(error.code === 'not-found' ? 404 : 400, error.description)
  if (isRefusedByExpress(error)) return new HttpError(error.status, 'This request could not be read.')
  if (databaseTrouble(error) instanceof WaitError) {
    return new HttpError(503, 'Postgres is not answering, and what you asked for is kept there. Try again in a moment.')
  }
  return new HttpError(500, 'Something unexpected happened. The dashboard’s log says what.')
}

/** Express marks what the caller did wrong, a malformed address or too large a form, with a status below 500. */
function isRefusedByExpress(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}
