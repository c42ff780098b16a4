/** What the API answered in place of what was asked for (an RFC 9457 problem), or that it did not answer at all. */
export class PoolkeeperApiError extends Error {
  override readonly name = 'PoolkeeperApiError'
  /** The status of the answer; 0 when there was none. */
  readonly status: number
  /** One word for it, from the same list as the causes of runs: `not-found`, `conflict`, `network`. */
  override readonly cause: string
  /** What happened. */
  readonly detail: string
  /** What to do; empty where there is nothing to add. */
  readonly remedy: string
  /** To find it in the server's log by; null when nobody answered. */
  readonly requestId: string | null

  constructor({ status, cause, detail, remedy, requestId }: Problem) {
    super(remedy ? `${detail} ${remedy}` : detail)
    this.status = status
    this.cause = cause
    this.detail = detail
    this.remedy = remedy
    this.requestId = requestId
  }
}

type Problem = Pick<PoolkeeperApiError, 'status' | 'cause' | 'detail' | 'remedy' | 'requestId'>

/** The error for an answer that is none. What is no problem of ours comes from something in between, such as a proxy. */
export async function problemIn(response: Response): Promise<PoolkeeperApiError> {
  const { status, headers } = response
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json')
  const said: Partial<Problem> = isProblem ? await response.json() : {}
  return new PoolkeeperApiError({
    status,
    cause: said.cause ?? (status < 500 ? 'request-refused' : 'network'),
    detail: said.detail ?? `The server answered ${status}, and not as Poolkeeper does.`,
    remedy: said.remedy ?? (isProblem ? '' : 'Check the address, and what stands before the server.'),
    requestId: said.requestId ?? headers.get('x-request-id'),
  })
}

/** The error for a request that got no answer. */
export function unanswered(url: URL, error: unknown): PoolkeeperApiError {
  const code = codeOf(error)
  return new PoolkeeperApiError({
    ...{ status: 0, cause: 'network', requestId: null },
    detail: `${url.origin} does not answer${code ? ` (${code})` : ''}.`,
    remedy: 'Check the address, and that the server runs.',
  })
}

/** `fetch` says no more than that it failed; the system's code stands in what caused that. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'TimeoutError' ? 'timeout' : codeOf(error.cause)
}
