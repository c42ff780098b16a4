import { createHash } from 'node:crypto'
import type { Seen, StreamSource } from '../db/schema/tasks.ts'
import { GiveUpError } from '../errors.ts'
import { sourceTable } from './catalogue.ts'
import type { PoolClient } from './client.ts'
import type { Waiting } from './governor.ts'
import { progressOf, recordsToTheEnd, seeMore } from './shardPlace.ts'
import type { Listed } from './sourceTable.ts'

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
  /** When the slice is over (ms since 1970): after its first page none is begun then, and none waits for its quota any longer. */
  readonly until?: number
  /** Where the shard ends, asked anew for each page: it may be split while it is read. */
  readonly endsAt?: () => string | undefined
}

const NEVER = new AbortController().signal

/**
 * Reads a slice of a stream from a position on, each page when it is asked for. Pages may be short or empty: the end is "no
 * token" and nothing else.
 * @throws GiveUpError 'token-loop' when the tokens run in a circle, 'token-expired' when Cognito no longer takes the
 *   position's token (start the stream over); WaitError 'quota-busy' when a page's turn would come after the slice;
 *   PoolkeeperError as `PoolClient.send`; the signal's reason once aborted.
 */
export async function* readPages(
  pool: PoolClient,
  source: StreamSource,
  from: Position,
  { signal = NEVER, until, endsAt = () => source.until }: Reading = {},
): AsyncGenerator<Page, void, undefined> {
  let position = from
  do {
    const progress = progressOf(upTo(source, endsAt()), position.seen ?? null)
    const waiting = pool.waiting({ progress, ...patience(source, until) })
    const listed = await list(waiting, source, position, signal)
    const page = pageOf(pool, upTo(source, endsAt()), position, listed)
    yield page
    if (page.last) return
    position = page.next
  } while (until === undefined || Date.now() < until)
}

/** A page that asks for each of its users may take longer than a slice, and half of it is worth nothing: it waits on. */
function patience({ per }: StreamSource, until: number | undefined): Pick<Waiting, 'until'> {
  return until === undefined || per === 'user' ? {} : { until }
}

/** The stream with its end as it is now. */
function upTo(source: StreamSource, until: string | undefined): StreamSource {
  return until === undefined ? source : { ...source, until }
}

async function list(pool: PoolClient, source: StreamSource, from: Position, signal: AbortSignal): Promise<Listed> {
  try {
    return await sourceTable(source.source).listPage({ pool, stream: source, token: from.token ?? undefined, signal })
  } catch (error) {
    throw from.token === null ? error : tokenRefused(error, pool, source)
  }
}

function pageOf(pool: PoolClient, source: StreamSource, from: Position, { records, token = '' }: Listed): Page {
  const seen = seeMore(source, from.seen ?? null, records)
  const lastRecords = recordsToTheEnd(source, seen, records)
  const ends = lastRecords !== null || token === ''
  const next = advance(pool, source, from, ends ? null : token)
  return { records: lastRecords ?? records, next: ends ? next : { ...next, ...(seen && { seen }) }, last: ends }
}

/**
 * The position after a page, watched for token loops by Brent's algorithm: one hash is kept, of the token at the last
 * page that was a power of two. A circle of n tokens is found within 3n pages of its start, in constant memory, and the
 * mark lives in the checkpoint, so that neither a slice nor a crash forgets it.
 */
function advance(pool: PoolClient, source: StreamSource, from: Position, token: string | null): Position {
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
  return { token, page, loopMark: isPowerOfTwo(page) ? hash : from.loopMark }
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
