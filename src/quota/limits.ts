import { and, eq, sql } from 'drizzle-orm'
import { QUOTA_CATEGORIES, type QuotaCategory } from '../cognito/quotas.ts'
import type { Queryable } from '../db/database.ts'
import { quotaLimits } from '../db/schema/quotas.ts'

/** Whose quotas they are: an account's, in one Region. */
export interface QuotaOwner {
  readonly account: string
  readonly region: string
}

/** How long an answer of AWS's holds, one that it did not give as well. */
const HOLDS = sql.raw(`interval '1 hour'`)

/**
 * Takes it on to ask AWS for the limits that were last asked for longer than an hour ago, or never. Of many plans that
 * begin in the same minute one asks.
 * @returns the categories to ask for
 */
export async function claimLimits(db: Queryable, { account, region }: QuotaOwner): Promise<QuotaCategory[]> {
  const claimed = await db
    .insert(quotaLimits)
    .values(QUOTA_CATEGORIES.map((category) => ({ accountId: account, region, category })))
    .onConflictDoUpdate({
      target: [quotaLimits.accountId, quotaLimits.region, quotaLimits.category],
      set: { readAt: sql`now()` },
      setWhere: sql`${quotaLimits.readAt} < now() - ${HOLDS}`,
    })
    .returning({ category: quotaLimits.category })
  const due = new Set(claimed.map(({ category }) => category))
  return QUOTA_CATEGORIES.filter((category) => due.has(category))
}

/** Notes what AWS answered, null where it gave no answer. What it was not asked for stays as it was known last. */
export async function recordLimits(
  db: Queryable,
  { account, region }: QuotaOwner,
  answers: ReadonlyMap<QuotaCategory, number | null>,
): Promise<void> {
  for (const [category, rate] of answers) {
    await db
      .update(quotaLimits)
      .set({ rate })
      .where(
        and(eq(quotaLimits.accountId, account), eq(quotaLimits.region, region), eq(quotaLimits.category, category)),
      )
  }
}
