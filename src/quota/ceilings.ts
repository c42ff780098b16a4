import { CATEGORY_RATES, type Ceiling, QUOTA_SHARE, type Quota, type QuotaCategory } from '../cognito/quotas.ts'
import type { Queryable } from '../db/database.ts'
import { EVERYTHING, quotaLimits, quotaShares } from '../db/schema/quotas.ts'

/** A ceiling, with where it comes from. */
export interface KnownCeiling extends Ceiling {
  /** Whether AWS has said so itself; else it is what AWS documents for everybody. */
  readonly live: boolean
  /** Requests a second that are ours: rate × share. */
  readonly allowed: number
}

/** The ceilings of all quotas, from memory: whoever hands out requests can't wait for Postgres. */
export interface Ceilings {
  of(quota: Quota): KnownCeiling
  /**
   * Reads what has been set since. Before the first time the defaults hold, and what was known last while Postgres is away.
   * @throws what Postgres answers
   */
  refresh(): Promise<void>
}

/** Ceilings as `quota_shares` and `quota_limits` have them. */
export function createCeilings(db: Queryable): Ceilings {
  let shares: ReadonlyMap<string, number> = new Map()
  let rates: ReadonlyMap<string, number> = new Map()

  function of({ account, region, category }: Quota): KnownCeiling {
    const live = rates.get(`${account} ${region} ${category}`)
    const rate = live ?? CATEGORY_RATES[category]
    const share = shareOf(shares, account, category)
    return { rate, live: live !== undefined, share, allowed: rate * share }
  }

  return {
    of,
    async refresh() {
      const [set, told] = await Promise.all([db.select().from(quotaShares), db.select().from(quotaLimits)])
      shares = new Map(set.map(({ accountId, category, share }) => [`${accountId} ${category}`, share]))
      rates = new Map(
        told.flatMap(({ accountId, region, category, rate }) =>
          rate === null ? [] : [[`${accountId} ${region} ${category}`, rate]],
        ),
      )
    },
  }
}

/** Who sets one for an account means all that is read of it, so an account counts for more than a category. */
function shareOf(shares: ReadonlyMap<string, number>, account: string, category: QuotaCategory): number {
  const fromNarrowToWide = [
    `${account} ${category}`,
    `${account} ${EVERYTHING}`,
    `${EVERYTHING} ${category}`,
    `${EVERYTHING} ${EVERYTHING}`,
  ]
  for (const setting of fromNarrowToWide) {
    const share = shares.get(setting)
    if (share !== undefined) return share
  }
  return QUOTA_SHARE
}
