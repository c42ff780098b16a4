/** Why something did not work, as history, `--json` and the exit line name it. One word list for the whole product. */
export const CAUSES = [
  // what a person must mend in AWS or in the dataflow
  'pool-not-found',
  'unknown-access-key',
  'wrong-secret',
  'session-expired',
  'permission-missing',
  'role-refused',
  'no-credentials',
  'request-refused',
  // what mends itself, or doesn't
  'throttled',
  'quota-busy',
  'network',
  'cognito-unavailable',
  'token-loop',
  'token-expired',
  // our side
  'database-unavailable',
  'database-full',
  'table-locked',
  'crash-loop',
  'timeout',
  'no-progress',
  'wrong-key',
  'internal',
  // how a run can end without failing
  'already-running',
  'cancelled',
  'discarded',
  'replaced',
  'removed',
  'guard',
  'rolled-back-meanwhile',
  // what the caller got wrong
  'bad-configuration',
  'bad-input',
  'not-found',
  'conflict',
  'changed-meanwhile',
  'unauthorized',
  'forbidden',
  'too-many-requests',
] as const

export type CauseCode = (typeof CAUSES)[number]

/**
 * An error that carries the decision: its class says what happens next, its code names the cause, its message is for a
 * person (what happened, where) and its remedy says what to do. Neither holds a secret or a user's data: both reach
 * history, logs and Bull Board as they are.
 */
export abstract class PoolkeeperError extends Error {
  readonly code: CauseCode
  readonly remedy: string

  constructor(code: CauseCode, message: string, remedy = '', options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.remedy = remedy
  }

  /** What history shows: what happened, then what to do. */
  get description(): string {
    return this.remedy ? `${this.message} ${this.remedy}` : this.message
  }
}

/** Mends itself (throttling, network): put the work back and try later, without counting a failure. */
export class WaitError extends PoolkeeperError {}

/** Permanent until somebody changes something: end the run now with this cause. */
export class GiveUpError extends PoolkeeperError {}

/** One thing that is wrong with what somebody sent. */
export interface InputProblem {
  /** Where, as a path with dots; empty for what is about all of it. */
  readonly field: string
  /** A sentence. */
  readonly message: string
}

/** The caller asked for something that can't be done as asked: tell them, change nothing. */
export class AskError extends PoolkeeperError {
  /** Of bad input, one by one what the message says together. */
  readonly problems: readonly InputProblem[]

  constructor(
    code: CauseCode,
    message: string,
    remedy = '',
    { problems = [], ...options }: ErrorOptions & { readonly problems?: readonly InputProblem[] } = {},
  ) {
    super(code, message, remedy, options)
    this.problems = problems
  }
}

/** Node's and our own programming errors: their messages quote code, not data. */
const HARMLESS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'AssertionError'])

/** What may be written down about an error: no message that could quote a row, a parameter or a response body. */
export interface SafeError {
  readonly name: string
  readonly code?: string
  readonly message: string
  readonly stack?: string
}

/**
 * Strips an error of anything that could carry people's data. Postgres quotes values ("Key (email)=(…)"), drizzle
 * quotes parameters ("params: …"), JSON.parse quotes its input: only their names and codes survive. drizzle's wrapper
 * is looked through, because the code that decides anything is its cause's.
 */
export function safeError(error: unknown): SafeError {
  if (error instanceof PoolkeeperError) {
    return { name: error.name, code: error.code, message: error.description }
  }
  if (!(error instanceof Error)) return { name: typeof error, message: 'something that is no Error was thrown' }
  if (error.name === 'DrizzleQueryError' || error.constructor.name === 'DrizzleQueryError')
    return safeError(error.cause)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : redisCode(error)
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n')
  return {
    name: error.name,
    ...(code && { code }),
    message: HARMLESS.has(error.name) ? error.message : [error.name, code].filter(Boolean).join(' '),
    ...(frames && { stack: frames }),
  }
}

/** Redis begins a refusal with one word, such as OOM or READONLY; what follows may quote a command. */
function redisCode({ name, message }: Error): string | undefined {
  return name === 'ReplyError' ? /^[A-Z]+(?= )/.exec(message)?.[0] : undefined
}

/** The SQLSTATE (or Node's system code, such as ECONNREFUSED) of a database error, through drizzle's wrapper. */
export function errorCode(error: unknown): string | undefined {
  return safeError(error).code
}
