import { type Ceiling, type Operation, type Quota, type QuotaCategory, quotaOf } from './quotas.ts'
import type { Requests } from './sourceTable.ts'

/** What reading takes of one quota, when its share is used up and nothing else draws on it. */
export interface QuotaCost {
  readonly category: QuotaCategory
  readonly requests: number
  /** Requests a second that AWS allows in the account and Region, and those of them that Poolkeeper takes. */
  readonly allowed: number
  readonly taken: number
  readonly seconds: number
}

/**
 * What so many requests cost of each quota that they draw on. An operation that is also limited by pool (5 requests a
 * second) may take longer than its category would.
 * @param ceilingOf what may be used of a category's quota
 */
export function costOf(requests: Requests, ceilingOf: (quota: Pick<Quota, 'category'>) => Ceiling): QuotaCost[] {
  const costs = new Map<QuotaCategory, QuotaCost>()
  for (const [operation, count] of Object.entries(requests) as [Operation, number][]) {
    const { category, perPool } = quotaOf(operation)
    const { rate: allowed, share } = ceilingOf({ category })
    const taken = allowed * share
    const before = costs.get(category)
    const total = (before?.requests ?? 0) + count
    const ownSeconds = perPool ? count / (perPool * share) : 0
    const seconds = Math.max(before?.seconds ?? 0, total / taken, ownSeconds)
    costs.set(category, { category, requests: total, allowed, taken, seconds })
  }
  return [...costs.values()]
}

/** All of them together. */
export function addRequests(all: readonly Requests[]): Requests {
  const sum: Partial<Record<Operation, number>> = {}
  for (const requests of all) {
    for (const [operation, count] of Object.entries(requests) as [Operation, number][]) {
      sum[operation] = (sum[operation] ?? 0) + count
    }
  }
  return sum
}
