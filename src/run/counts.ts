import { count, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { OPEN, type RunState, runs } from '../db/schema/runs.ts'
import { ACTIVE_STATES } from './states.ts'

/** How many runs are under way, and held, by state; every such state is there. Found by an index, however long history is. */
export async function countOpenRuns(db: Queryable): Promise<ReadonlyMap<RunState, number>> {
  const counted = await db
    .select({ state: runs.state, count: count() })
    .from(runs)
    .where(sql`${runs.state} in ${OPEN}`)
    .groupBy(runs.state)
  const none = [...ACTIVE_STATES, 'held' as const].map((state) => [state, 0] as const)
  return new Map([...none, ...counted.map(({ state, count }) => [state, count] as const)])
}
