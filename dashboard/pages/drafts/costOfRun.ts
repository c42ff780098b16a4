import type { Draft } from './steps.ts'

type Found = NonNullable<Draft['found']>['tables'][number]

/** What reading some of the tables takes. Quotas are used side by side, so the slowest of them says how long. */
export function costOfRun(tables: readonly Found[], wanted: readonly string[]) {
  const read = tables.filter(({ table }) => wanted.includes(table))
  const seconds = new Map<string, number>()
  for (const quota of read.flatMap(({ quotas }) => quotas)) {
    seconds.set(quota.category, (seconds.get(quota.category) ?? 0) + quota.seconds)
  }
  return {
    rows: sum(read.map(({ rows }) => rows ?? 0)),
    requests: sum(read.map(({ requests }) => requests)),
    seconds: Math.max(0, ...seconds.values()),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
