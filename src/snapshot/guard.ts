import type { TableChange } from './compare.ts'

/** What may go from a table without anybody being asked: so large a share, or so many rows, whichever is more. */
export interface Allowance {
  readonly percent: number
  /** Small tables change by large shares every day. */
  readonly rows: number
}

/**
 * Asks whether an import may be published by itself. A pool that shrank at once, or a table that came back empty, is
 * more often a mistake (the wrong pool, a purge gone wrong) than the truth, and the dashboards built on it would show it
 * within a minute. A table without rows before, new or never filled, has nothing to lose.
 * @returns why not, in words for history that name every table with its counts; null when it may.
 */
export function objection(changes: readonly TableChange[], allowance: Allowance): string | null {
  const losses = changes.filter((change) => removesTooMuch(change, allowance)).map(describe)
  if (losses.length === 0) return null
  return `It would remove ${losses.join(', and ')}. This dataflow lets go at most ${allowance.percent} % or ${counted(allowance.rows)} rows of a table, and no table may come back empty.`
}

function removesTooMuch(change: TableChange, { percent, rows }: Allowance): boolean {
  const before = rowsBefore(change)
  if (change.rows === 0) return before > 0
  return change.removed > rows && change.removed * 100 > percent * before
}

function describe(change: TableChange): string {
  const { table, rows, removed } = change
  const before = rowsBefore(change)
  if (rows === 0) return `all ${counted(before)} rows of ${table}, which came back empty`
  // upwards, because "15 % of which 15 % may go" would make no sense
  const percent = Math.ceil((removed * 1000) / before) / 10
  return `${counted(removed)} of ${counted(before)} rows of ${table} (${percent} %)`
}

const rowsBefore = ({ rows, added, removed }: TableChange) => rows - added + removed

const counted = (count: number) => count.toLocaleString('en')
