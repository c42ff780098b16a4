import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { callerOf } from './caller.ts'
import { HttpError } from './httpError.ts'

const ATTEMPTS_A_MINUTE = 30

/** Counts attempts to sign in by address. 160-bit secrets can't be guessed; this keeps the database from being busy with it. */
export function limitAttempts(): RequestHandler {
  return limit(
    ATTEMPTS_A_MINUTE,
    (request) => ipKeyGenerator(request.ip ?? ''),
    'Too many attempts to sign in from your address. Wait a minute.',
  )
}

/** Ten a second: more than a person or a nightly job needs, less than keeps Postgres from its imports. */
const REQUESTS_A_MINUTE = 600

/** Counts what each token asks of the API, with the sessions that were opened with it; other sessions by their person. */
export function limitRequests(): RequestHandler {
  return limit(
    REQUESTS_A_MINUTE,
    (_request, response) => {
      const { tokenId, via, name } = callerOf(response)
      return tokenId === null ? `${via} ${name}` : `token ${tokenId}`
    },
    `More than ${REQUESTS_A_MINUTE} requests a minute are not answered. Retry-After says when to go on.`,
  )
}

function limit(
  requestsAMinute: number,
  keyGenerator: (request: Request, response: Response) => string,
  refusal: string,
): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: requestsAMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator,
    handler: (_request, _response, next) => next(new HttpError(429, refusal)),
  })
}
