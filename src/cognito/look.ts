import type { StreamSource } from '../db/schema/tasks.ts'
import type { PoolClient } from './client.ts'
import { BEGINNING, readPages } from './pages.ts'

/** What was seen of a list without reading all of it. */
export interface Look {
  /** Records of its first pages that hold any. */
  readonly first: readonly unknown[]
  readonly records: number
  /** Whether that was all of it. */
  readonly whole: boolean
}

/** Somebody is waiting for the answer. 3 s are 14 pages of a list that is held to 5 requests a second, or 840 groups. */
const PATIENCE_MS = 3_000

/**
 * Looks at the first records of a stream, and counts on from there for a moment.
 * @param enough looks no further once it has seen so many
 * @throws PoolkeeperError as `readPages`
 */
export async function lookInto(
  pool: PoolClient,
  stream: StreamSource,
  enough: number,
  signal?: AbortSignal,
): Promise<Look> {
  const patienceEnds = Date.now() + PATIENCE_MS
  let first: readonly unknown[] = []
  let records = 0
  for await (const page of readPages(pool, stream, BEGINNING, { ...(signal && { signal }) })) {
    if (first.length === 0) first = page.records
    records += page.records.length
    if (page.last) return { first, records, whole: true }
    if (records >= enough || Date.now() > patienceEnds) break
  }
  return { first, records, whole: false }
}
