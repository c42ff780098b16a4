import { setTimeout as pause } from 'node:timers/promises'
import { type PoolkeeperApiError, problemIn, unanswered } from './errors.ts'
import type { ApiRequest } from './request.ts'

/** Where requests go, and with what. */
export interface Server {
  readonly url: string
  readonly token: string
  readonly fetch: typeof fetch
}

export interface SendOptions {
  /** Ends the request, and the waiting between two attempts, with its reason. */
  readonly signal?: AbortSignal
  /** How often it is tried at most. Default: 6, which outlasts a restart of the server. */
  readonly attempts?: number
}

/** Until an answer begins. It may take as long as AWS takes to answer the server; what takes longer is lost. */
const PATIENCE_MS = 60_000

/**
 * Sends a request until it is answered, or it is sure that it won't be. What passes by itself is waited out: a server that is
 * away, or that has too many requests. A change is never asked for twice unless the first request certainly did nothing.
 * @throws PoolkeeperApiError
 */
export async function send(
  server: Server,
  request: ApiRequest,
  { signal, attempts = 6 }: SendOptions = {},
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    const outcome = await sendOnce(server, request, signal)
    if (outcome instanceof Response && outcome.ok) return outcome
    const problem = outcome instanceof Response ? await problemIn(outcome) : outcome
    if (attempt >= attempts || !mayBeRepeated(request, problem)) throw problem
    const asked = outcome instanceof Response ? retryAfterMs(outcome) : 0
    await pause(Math.max(asked, backoffMs(attempt)), undefined, signal && { signal }).catch(() =>
      signal?.throwIfAborted(),
    )
  }
}

async function sendOnce(
  { fetch, token }: Server,
  { url, method, headers, body }: ApiRequest,
  signal: AbortSignal | undefined,
): Promise<Response | PoolkeeperApiError> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new DOMException('no answer', 'TimeoutError')), PATIENCE_MS)
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, Authorization: `Bearer ${token}` },
      // a redirect would carry the token to wherever it points
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, patience.signal]) : patience.signal,
      ...(body !== undefined && { body }),
    })
  } catch (error) {
    signal?.throwIfAborted()
    return unanswered(url, error)
  } finally {
    clearTimeout(timer)
  }
}

/** Of these it does not matter whether they are done once or twice. */
const HARMLESS = new Set(['GET', 'PUT'])

/** A proxy's 502 and 504, and our 503, may come when the request was done all the same; a 429 comes before it. */
function mayBeRepeated({ method, headers }: ApiRequest, { status }: PoolkeeperApiError): boolean {
  if (status === 429) return true
  return [0, 502, 503, 504].includes(status) && (HARMLESS.has(method) || 'Idempotency-Key' in headers)
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/** Longer each time, and never the same for two clients that lost their server at the same instant. */
function backoffMs(attempt: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS)
  return longest * (0.5 + Math.random() / 2)
}

/** More than a minute would look as if it hung. */
const LONGEST_ASKED_MS = 60_000

/** What the server asks for, in seconds; as a date it is only ever sent by others. */
function retryAfterMs({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after'))
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1_000, LONGEST_ASKED_MS) : 0
}
