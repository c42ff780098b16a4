import { type Filter, matches, searchableValue } from './filter.ts'
import type { Pool } from './pool.ts'

/** One entry of a list: whose, and the cursor behind which the list goes on after it. */
export interface Entry {
  readonly key: string
  readonly cursor: string
}

/** Everybody, or a group's members, in order of sign-up (Cognito promises no order): a cursor is a place. */
export function* bySignUp(pool: Pool, after: string, wanted: (key: string) => boolean): Generator<Entry> {
  for (let place = after === '' ? 0 : Number(after) + 1; place < pool.order.length; place++) {
    const key = pool.order[place]
    if (key !== undefined && wanted(key)) yield { key, cursor: String(place) }
  }
}

/** All users, in order of sign-up. */
export const everybody = (pool: Pool, after: string) => bySignUp(pool, after, () => true)

/** The entries but for those whose sub starts with `prefix`; all of them without one. */
export function* without(prefix: string | undefined, entries: Iterable<Entry>): Generator<Entry> {
  for (const entry of entries) if (prefix === undefined || !entry.key.startsWith(prefix)) yield entry
}

/** The users that a filter asks for, ascending by the filtered attribute. */
export function filtered(pool: Pool, after: string, filter: Filter): Generator<Entry> {
  return filter.attribute === 'sub' ? bySub(pool, after, filter) : byAttribute(pool, after, filter)
}

/** A range of the sorted subs: fast at any size, and steady while users come and go. A cursor is the last key. */
function* bySub(pool: Pool, after: string, filter: Filter): Generator<Entry> {
  const prefix = filter.value
  const first = after >= prefix && after !== '' ? after : prefix
  for (let place = pool.lowerBound(first); place < pool.size; place++) {
    const key = pool.sorted[place]
    if (!key?.startsWith(prefix)) return
    if (key > after && matches(filter, key.slice(0, SUB_LENGTH))) yield { key, cursor: key }
  }
}

/** Over all users. A cursor is the last value with its key. */
function* byAttribute(pool: Pool, after: string, filter: Filter): Generator<Entry> {
  for (const { value, key, cursor } of sortedBy(pool, filter.attribute)) {
    if (cursor > after && matches(filter, value)) yield { key, cursor }
  }
}

const SUB_LENGTH = 36

interface Sorted {
  readonly version: number
  readonly entries: readonly (Entry & { readonly value: string })[]
}

/** Each pool's users by attribute: making a list means making everybody, so it is kept until the pool changes. */
const sortedLists = new WeakMap<Pool, Map<string, Sorted>>()

function sortedBy(pool: Pool, attribute: string): Sorted['entries'] {
  const lists = sortedLists.get(pool) ?? new Map<string, Sorted>()
  sortedLists.set(pool, lists)
  const kept = lists.get(attribute)
  if (kept?.version === pool.version) return kept.entries
  const entries = pool.sorted
    .flatMap((key) => {
      const value = searchableValue(pool.userAt(key), attribute)
      return value === undefined ? [] : [{ key, value, cursor: `${value}\u0000${key}` }]
    })
    .sort((a, b) => (a.cursor < b.cursor ? -1 : 1))
  lists.set(attribute, { version: pool.version, entries })
  return entries
}
