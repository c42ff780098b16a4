import { createHash } from 'node:crypto'
import type { Seen, StreamSource } from '../db/schema.ts'
import { GiveUpError } from '../errors.ts'
import { sourceTable } from './catalogue.ts'
import type { PoolClient } from './client.ts'
import { progressOf, seeMore } from './shardPlace.ts'

/** Where a stream stands: what its checkpoint keeps. */
export interface Position {
  /** Reads the next page; null at the beginning, and again at the end. */
  readonly token: string | null
  /** Pages read so far. */
  readonly page: number
  /** The hash of the token at the last page that was a power of two. */
  readonly loopMark: string | null
  /** Of a shard: what it has seen of its range. */
  readonly seen?: Seen | null
}

export const BEGINNING: Position = { token: null, page: 0, loopMark: null }

export interface Page {
  /** What the source's `rowMapper` takes. */
  readonly records: readonly unknown[]
  /** The checkpoint once these records are stored. */
  readonly next: Position
  /** Nothing comes after it. */
  readonly last: boolean
}

export interface Reading {
  readonly signal?: AbortSignal
  /** From this moment on (ms since 1970) no page is read that nobody has asked for: it would be thrown away. */
  readonly aheadUntil?: number
  /** A request that has not had its turn by this moment gives up waiting for its quota. */
  readonly until?: number
}

/**
 * Reads a stream from a position on, one page ahead of the consumer. Pages may be short or empty: the end is "no token"
 * and nothing else.
 * @throws GiveUpError 'token-loop' when the tokens run in a circle, 'token-expired' when Cognito no longer takes the
 *   position's token (start the stream over); WaitError 'quota-busy' (see `until`); PoolkeeperError as `PoolClient.send`; the signal's reason once aborted.
 */
export async function* readPages(
  pool: PoolClient,
  source: StreamSource,
  from: Position,
  { signal, aheadUntil = Number.POSITIVE_INFINITY, until }: Reading = {},
): AsyncGenerator<Page, void, undefined> {
  const stopped = new AbortController()
  const stop = () => stopped.abort(signal?.reason)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  // Settled, because a page may fail while the consumer is still at the one before: nobody awaits it yet then.
  const ask = (position: Position) => {
    const waiting = pool.waiting({ progress: progressOf(source, position.seen ?? null), ...(until && { until }) })
    return Promise.allSettled([readPage(waiting, source, position, stopped.signal)])
  }
  try {
    let ahead = ask(from)
    for (;;) {
      const [outcome] = await ahead
      if (outcome.status === 'rejected') throw outcome.reason
      const page = outcome.value
      const readsAhead = !page.last && Date.now() < aheadUntil
      if (readsAhead) ahead = ask(page.next)
      yield page
      if (page.last) return
      if (!readsAhead) ahead = ask(page.next)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stopped.abort()
  }
}

async function readPage(pool: PoolClient, source: StreamSource, from: Position, signal: AbortSignal): Promise<Page> {
  try {
    const request = { pool, stream: source, token: from.token ?? undefined, signal }
    const { records, token } = await sourceTable(source.source).listPage(request)
    return { records, next: advance(pool, source, from, { records, token: token || null }), last: !token }
  } catch (error) {
    throw from.token === null ? error : tokenRefused(error, pool, source)
  }
}

/**
 * The position after a page, watched for token loops by Brent's algorithm: one hash is kept, of the token at the last
 * page that was a power of two. A circle of n tokens is found within 3n pages of its start, in constant memory, and the
 * mark lives in the checkpoint, so that neither a slice nor a crash forgets it.
 */
function advance(
  pool: PoolClient,
  source: StreamSource,
  from: Position,
  { records, token }: { readonly records: readonly unknown[]; readonly token: string | null },
): Position {
  const page = from.page + 1
  if (token === null) return { token, page, loopMark: null }
  const hash = createHash('sha256').update(token).digest('base64url')
  if (token === from.token || hash === from.loopMark) {
    throw new GiveUpError(
      'token-loop',
      `Cognito began to repeat itself while listing ${source.source} of user pool ${pool.poolId}: page ${page} leads back to one that was read before.`,
      'Nothing was published. Retry the run; if it happens again, report it to AWS Support with the pool and the time.',
    )
  }
  const seen = seeMore(source, from.seen ?? null, records)
  return { token, page, loopMark: isPowerOfTwo(page) ? hash : from.loopMark, ...(seen && { seen }) }
}

const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n))

/** Cognito has no error of its own for an expired token: a refused request that carried one counts as that. */
function tokenRefused(error: unknown, pool: PoolClient, source: StreamSource): unknown {
  if (!(error instanceof GiveUpError) || error.code !== 'request-refused') return error
  return new GiveUpError(
    'token-expired',
    `Cognito no longer takes the page token of ${source.source} of user pool ${pool.poolId}: tokens expire after an hour.`,
    'The stream has to start over.',
    { cause: error },
  )
}
