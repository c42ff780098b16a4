import type { Call } from '../../../src/api/contract.ts'
import { wordIn } from '../../query.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { Visit } from '../../visit.ts'
import { endOfDay, startOfDay } from '../../zone.ts'

/** What somebody looks for in history, as it stands in the address: an empty text is any. */
export interface Filters {
  readonly state: string
  readonly cause: string
  readonly trigger: string
  /** `24h` or `7d`: it stays what it is, so that an address that is kept means the same tomorrow. */
  readonly within: string
  /** Days in the zone of whoever looks, both of them included; they count for more than `within`. */
  readonly from: string
  readonly to: string
}

export function filtersIn(query: Visit['query']): Filters {
  const text = (name: keyof Filters) => wordIn(query, name)
  return {
    ...{ state: text('state'), cause: text('cause'), trigger: text('trigger') },
    ...{ within: text('within'), from: text('from'), to: text('to') },
  }
}

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== '')
}

const HOUR_MS = 3_600_000

const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS }

const DAY = /^\d{4}-\d\d-\d\d$/

/** The time that is looked at, as operations take it. What is no day is theirs to refuse. */
export function rangeOf(
  { within, from, to }: Pick<Filters, 'within' | 'from' | 'to'>,
  { now, zone }: Pick<Surroundings, 'now' | 'zone'>,
): Pick<Call<'listRuns'>, 'since' | 'until'> {
  const [, count = '', unit = ''] = /^(\d{1,3})([hd])$/.exec(within) ?? []
  const ago = new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0)).toISOString()
  const since = isDay(from) ? startOfDay(from, zone).toISOString() : from
  const until = isDay(to) ? endOfDay(to, zone).toISOString() : to
  const dated = { ...(since && { since }), ...(until && { until }) }
  return count && !since && !until ? { since: ago } : dated
}

const isDay = (text: string) => DAY.test(text) && !Number.isNaN(Date.parse(text))

/** The filters as operations take them. */
export function callOf(
  filters: Filters,
  around: Pick<Surroundings, 'now' | 'zone'>,
): Pick<Call<'listRuns'>, 'state' | 'cause' | 'trigger' | 'since' | 'until'> {
  const { state, cause, trigger } = filters
  return {
    ...(state && { state }),
    ...(cause && { cause }),
    ...(trigger && { trigger }),
    ...rangeOf(filters, around),
  }
}
