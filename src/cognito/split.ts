import type { Seen, StreamSource } from '../db/schema/tasks.ts'
import { PAGE_SIZE } from './pageSize.ts'
import { type ShardPlace, shardPlace } from './shardPlace.ts'

/** A shard as far as it has come. */
export interface ShardSoFar {
  readonly stream: StreamSource
  readonly seen: Seen | null
  readonly rows: number
}

/** A shard's new end, and the shards that read what lies behind it. */
export interface Split {
  readonly until: string
  readonly rest: readonly StreamSource[]
}

const HEX = [...'0123456789abcdef']

/** Half of a shard's last page is empty on average, and so is all of one whose digits are constant: two full ones are worth it. */
const WORTH_ROWS = 2 * PAGE_SIZE

/** How many users a shard still has to read, if they lie as those that it has seen; 0 where nothing can be told. */
export function rowsLeft({ stream, seen, rows }: ShardSoFar): number {
  const place = shardPlace(stream, seen)
  return place ? density(place, rows) * Math.max(0, place.to - place.at) : 0
}

/**
 * Splits a shard on the first digit in which its subs differ: it reads on to the end of that digit's present value or
 * further, and the values behind it become shards of their own, at most so many. Whatever else its prefix may have behind
 * them is covered as well: the digits before that one were the same in all subs so far, which promises nothing.
 * @returns null when the subs do not tell where, or when too little is left to be worth the requests.
 */
export function splitShard(shard: ShardSoFar, atMost: number): Split | null {
  const { stream, seen, rows } = shard
  const place = shardPlace(stream, seen)
  if (!stream.prefix || !seen || !place || density(place, rows) / HEX.length < WORTH_ROWS) return null
  const common = seen.last.slice(0, place.digit)
  const next = HEX.indexOf(seen.last[place.digit] ?? 'f') + 1
  const end = Math.ceil(place.to * HEX.length)
  if (next >= end || atMost < 1) return null
  const until = common + HEX[Math.max(next, end - atMost)]
  const rest = cover(stream.prefix, until, stream.until)
  if (rowsLeft(shard) < WORTH_ROWS * rest.length) return null
  return { until, rest: rest.map((prefix) => ({ source: stream.source, prefix })) }
}

/** How many users a whole round of the digit would have; nothing is told by less than a page of them. */
function density({ from, at }: ShardPlace, rows: number): number {
  return at > from && rows >= PAGE_SIZE ? rows / (at - from) : 0
}

/** The fewest prefixes that hold what begins with this one, from one place in the order on and before another. */
function cover(prefix: string, from: string, before: string | undefined): string[] {
  const liesBelow = prefix < from && !from.startsWith(prefix)
  if (liesBelow || (before !== undefined && prefix >= before)) return []
  const isWhole = prefix >= from && !before?.startsWith(prefix)
  return isWhole ? [prefix] : HEX.flatMap((digit) => cover(prefix + digit, from, before))
}
