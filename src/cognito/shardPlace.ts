import type { UserType } from '@aws-sdk/client-cognito-identity-provider'
import type { Seen, StreamSource } from '../db/schema.ts'

/** Every sub that anybody has seen begins so; the digits of the first group are what shards are told apart by. */
const KNOWN_FORM = /^[0-9a-f]{8}-/
const DIGITS = 8

/**
 * Digits behind a shard's prefix that are kept of a sub: the two that vary in the newer subs make 256 steps, and no whole
 * sub stands in a checkpoint.
 */
const KEPT = 4

/** Of a stream whose way is not known: in the middle of those whose is. */
const HALFWAY = 0.5

/** Adds a page to what a shard has seen; null of a stream that reads no range of subs. */
export function seeMore({ prefix }: StreamSource, seen: Seen | null, records: readonly unknown[]): Seen | null {
  if (!prefix) return null
  const subs = records.flatMap((record) => subOf(record as UserType) ?? [])
  const first = subs.at(0)
  const last = subs.at(-1)
  if (first === undefined || last === undefined) return seen
  const kept = Math.min(prefix.length + KEPT, DIGITS)
  return {
    first: seen?.first ?? first.slice(0, kept),
    last: last.slice(0, kept),
    orderly: (seen?.orderly ?? true) && areOrderly(subs, seen?.last ?? ''),
  }
}

/**
 * How far a stream is through its range, 0 to 1, by the last sub. A digit that was the same in all subs so far tells
 * nothing: in the newer subs, digits 2, 4, 6 and 8 are constant. Unless it is a zero, with which the range of the older
 * ones begins: taken for constant it would make the first sixteenth of a shard look like all of it.
 */
export function progressOf({ prefix }: StreamSource, seen: Seen | null): number {
  if (!prefix) return HALFWAY
  if (!seen) return 0
  if (!seen.orderly) return HALFWAY
  const { first, last } = seen
  const digit = firstToldBy(first, last, prefix.length)
  const [from, at] = [fraction(first.slice(digit)), fraction(last.slice(digit))]
  return (at - from) / (1 - from)
}

function firstToldBy(first: string, last: string, from: number): number {
  let digit = from
  while (digit < last.length && first[digit] === last[digit] && first[digit] !== '0') digit++
  return digit
}

/** The first place in which two texts differ; the end of the shorter one when it begins the other. */
export function firstDifference(one: string, other: string): number {
  for (let at = 0; ; at++) if (at >= one.length || at >= other.length || one[at] !== other[at]) return at
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
