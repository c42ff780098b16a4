import { STATUS_CODES } from 'node:http'
import type { ProblemJson } from '../src/api/problem.ts'
import { databaseTrouble } from '../src/db/trouble.ts'
import { AskError, type CauseCode, PoolkeeperError, WaitError } from '../src/errors.ts'
import { HttpError } from './httpError.ts'

/** What went wrong, in words for whoever asked. */
export interface Problem {
  readonly status: number
  /** One word for it, from the same list as the causes of runs. */
  readonly cause: CauseCode
  /** What happened. */
  readonly detail: string
  /** What to do; empty where there is nothing to add. */
  readonly remedy: string
}

/** Of an AskError; what else there is waits for something (503). */
const STATUS: Readonly<Partial<Record<CauseCode, number>>> = {
  'bad-input': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'changed-meanwhile': 412,
  'too-many-requests': 429,
}

const CAUSE: Readonly<Record<number, CauseCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  429: 'too-many-requests',
  503: 'database-unavailable',
}

/** Only errors that were written for whoever asked are shown; of all others the log has the details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpError) return problem(error.status, error.message)
  if (error instanceof PoolkeeperError) {
    const { code: cause, message: detail, remedy } = error
    return { status: STATUS[cause] ?? (error instanceof WaitError ? 503 : 422), cause, detail, remedy }
  }
  if (isRefusedByExpress(error))
    return problem(error.status, REFUSED[error.type ?? ''] ?? 'This request could not be read.')
  if (databaseTrouble(error) instanceof WaitError) {
    return problem(503, 'Postgres is not answering, and what you asked for is kept there.', 'Try again in a moment.')
  }
  return problem(500, 'Something unexpected happened. The dashboard’s log says what.')
}

/** What a form is shown again with, so that nothing that was typed is lost; undefined for what nobody has foreseen. */
export function refusalOf(error: unknown): AskError | undefined {
  if (error instanceof AskError) return error
  const { status, cause, detail, remedy } = problemOf(error)
  return status === 500 ? undefined : new AskError(cause, detail, remedy)
}

function problem(status: number, detail: string, remedy = ''): Problem {
  return { status, cause: CAUSE[status] ?? (status < 500 ? 'bad-input' : 'internal'), detail, remedy }
}

/** As RFC 9457 has it. @param requestId to find it in the log by */
export function problemJson({ status, cause, detail, remedy }: Problem, requestId: string): string {
  const title = STATUS_CODES[status] ?? 'Error'
  return JSON.stringify({ type: 'about:blank', title, status, detail, cause, remedy, requestId } satisfies ProblemJson)
}

/** By the type of body-parser's errors. */
const REFUSED: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not the JSON that it says it is.',
  'entity.too.large': 'The body is too large: it may have 100 kB.',
}

/** Express marks what the caller did wrong, a malformed address or too large a form, with a status below 500. */
function isRefusedByExpress(error: unknown): error is Error & { status: number; type?: string } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}
