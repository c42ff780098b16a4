import type { TableChange } from './compare.ts'

/** Small tables change by large shares every day: below this many rows the guard says nothing. */
const MIN_REMOVED = 20

/**
 * Asks whether an import may be published by itself. A pool that shrank at once is more often a mistake (the wrong pool,
 * a purge gone wrong) than the truth, and the dashboards built on it would show it within a minute.
 * @param maxRemovedPercent the share of a table's rows that may go; null lets everything through.
 * @returns why not, in words for history; null when it may.
 */
export function objection(changes: readonly TableChange[], maxRemovedPercent: number | null): string | null {
  if (maxRemovedPercent === null) return null
  for (const { table, rows, added, removed } of changes) {
    const before = rows - added + removed
    const percent = before === 0 ? 0 : (removed / before) * 100
    if (removed >= MIN_REMOVED && percent > maxRemovedPercent) {
      const share = Math.round(percent)
      return `It would remove ${removed.toLocaleString('en')} of ${before.toLocaleString('en')} rows of ${table} (${share} %), more than the ${maxRemovedPercent} % that this dataflow allows.`
    }
  }
  return null
}
