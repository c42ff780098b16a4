import type { UserType } from '@aws-sdk/client-cognito-identity-provider'
import type { Seen, StreamSource } from '../db/schema/tasks.ts'

/** Every sub that anybody has seen begins so; the digits of the first group are what shards are told apart by. */
const KNOWN_FORM = /^[0-9a-f]{8}-/
const DIGITS = 8

/**
 * Digits behind a shard's prefix that are kept of a sub: the two that vary in the newer subs make 256 steps, and no whole
 * sub stands in a checkpoint.
 */
const KEPT = 4

/** Of a stream whose way is not known: in the middle of those whose is. */
export const HALFWAY = 0.5

/**
 * Of a shard whose subs came out of order, or in another form: nothing is kept of them. A sub may hold anything, such as
 * NUL, which Postgres refuses.
 */
const OUT_OF_ORDER: Seen = { first: '', last: '', orderly: false }

/** Adds a page to what a shard has seen; null of a stream that reads no range of subs. */
export function seeMore({ prefix }: StreamSource, seen: Seen | null, records: readonly unknown[]): Seen | null {
  if (!prefix) return null
  const subs = records.flatMap((record) => subOf(record as UserType) ?? [])
  const first = subs.at(0)
  const last = subs.at(-1)
  if (first === undefined || last === undefined) return seen
  if (seen?.orderly === false || !areOrderly(subs, seen?.last ?? '')) return OUT_OF_ORDER
  const kept = Math.min(prefix.length + KEPT, DIGITS)
  return { first: seen?.first ?? first.slice(0, kept), last: last.slice(0, kept), orderly: true }
}

/** Where a shard stands in its range, which ends before `until` or with its prefix. */
export interface ShardPlace {
  /** The first digits of the subs that tell it: at least one is different in all subs so far, or it was 0 in all. */
  readonly digit: number
  /** How much of the range lies behind it, as digits from that one on: each is between 0 and 1. */
  readonly from: number
  readonly at: number
  readonly to: number
}

/**
 * Where a shard stands, by the last sub that it has seen; null where nothing can be told. Digits that were the same in all
 * of its subs tell nothing: in the newer subs, digits 2, 4, 6 and 8 are constant. One that varies begins with 0, so 0 tells
 * something, unless the shard ends where it would become 1.
 */
export function shardPlace({ prefix, until }: StreamSource, seen: Seen | null): ShardPlace | null {
  if (!prefix || !seen?.orderly) return null
  const { first, last } = seen
  const tells = (digit: number) =>
    first[digit] !== last[digit] || (first[digit] === '0' && !(until && until <= `${first.slice(0, digit)}1`))
  let digit = prefix.length
  while (digit < last.length && !tells(digit)) digit++
  const to = until?.startsWith(first.slice(0, digit)) ? fraction(until.slice(digit)) : 1
  return { digit, from: fraction(first.slice(digit)), at: fraction(last.slice(digit)), to }
}

/** How far a stream is through what it reads, 0 to 1. */
export function progressOf(stream: StreamSource, seen: Seen | null): number {
  if (stream.prefix && !seen) return 0
  const place = shardPlace(stream, seen)
  if (!place) return HALFWAY
  const { from, at, to } = place
  return to <= from ? 1 : Math.min(1, (at - from) / (to - from))
}

/**
 * The records of a page that a shard ends with, because the next one is behind its end; null when it goes on. Only where
 * everything came in ascending order is a sub behind the end a sign that nobody is left before it.
 */
export function recordsToTheEnd(
  { until }: StreamSource,
  seen: Seen | null,
  records: readonly unknown[],
): readonly unknown[] | null {
  if (!until || !seen?.orderly) return null
  const before = records.filter((record) => (subOf(record as UserType) ?? '') < until)
  return before.length < records.length ? before : null
}

function areOrderly(subs: readonly string[], after: string): boolean {
  let before = after
  return subs.every((sub) => {
    const orderly = KNOWN_FORM.test(sub) && sub.slice(0, before.length) >= before
    before = sub
    return orderly
  })
}

/** Hex digits as those behind the point. */
const fraction = (digits: string) => (digits === '' ? 0 : Number.parseInt(digits, 16) / 16 ** digits.length)

function subOf({ Attributes }: UserType): string | undefined {
  return Attributes?.findLast(({ Name }) => Name === 'sub')?.Value
}
