import { CATEGORY_RATES, QUOTA_SHARE, type QuotaCategory } from '../cognito/quotas.ts'
import type { Queryable } from '../db/database.ts'
import { EVERYTHING, quotaLimits, quotaShares } from '../db/schema.ts'

/** One quota of AWS's: what an account may ask of Cognito in a Region, by category. */
export interface Quota {
  /** The AWS account id; a pool's id stands in until it is known, and has the defaults. */
  readonly account: string
  readonly region: string
  readonly category: QuotaCategory
}

/** How much of a quota the fleet may use. */
export interface Ceiling {
  /** Requests a second that AWS allows. */
  readonly rate: number
  /** Whether AWS has said so itself; else it is what AWS documents for everybody. */
  readonly live: boolean
  /** The share of the rate that is ours, above 0, at most 1. */
  readonly share: number
  /** Requests a second that are ours: rate × share. */
  readonly allowed: number
}

/** The ceilings of all quotas, from memory: whoever hands out requests can't wait for Postgres. */
export interface Ceilings {
  of(quota: Quota): Ceiling
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

  function of({ account, region, category }: Quota): Ceiling {
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
