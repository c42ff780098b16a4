import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'

/** Work that stands in Postgres and wants somebody. */
export interface Waiting extends Record<string, unknown> {
  /** Tasks of runs under way that are not done, whether somebody is at them or not. */
  readonly open: number
  /** Of those: no scheduler has handed them out for a minute. */
  readonly undispatched: number
  /** Handed out a minute ago or longer and taken by nobody since, while no other task moved either. */
  readonly unclaimed: number
  /** Dataflows whose slot passed a minute ago or longer. */
  readonly overdue: number
}

const LATE = sql.raw(`now() - interval '1 minute'`)

/** Counts the work that waits. A busy fleet lets tasks wait for long; one of which nothing moves does not work. */
export async function waitingWork(db: Queryable): Promise<Waiting> {
  const [waiting] = await db.execute<Waiting>(sql`
    select count(t.id) as open,
      count(t.id) filter (where t.dispatched_at is null and t.moved_at < ${LATE}) as undispatched,
      count(t.id) filter (where t.dispatched_at < ${LATE} and t.moved_at <= t.dispatched_at
        and not exists (select from poolkeeper.tasks where moved_at > ${LATE})) as unclaimed,
      (select count(*) from poolkeeper.dataflows
        where next_run_at < ${LATE} and paused_at is null and removed_at is null) as overdue
    from poolkeeper.tasks t join poolkeeper.runs r on r.id = t.run_id and r.finished_at is null
    where t.state = 'ready'`)
  return waiting ?? { open: 0, undispatched: 0, unclaimed: 0, overdue: 0 }
}
