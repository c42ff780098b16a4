import { sql } from 'drizzle-orm'

/**
 * Since when a dataflow is late: its last success is longer ago than its freshness target, or there was none since it was
 * made. Null while it is in time, or has no target. A dry run refreshes nothing, a run of some tables not all; nor does a
 * rollback, however old what it shows.
 * For statements that call the row of `poolkeeper.dataflows` d.
 */
export const LATE_SINCE = sql`(case when d.freshness_minutes is not null then
  (select due from (select make_interval(mins => d.freshness_minutes) + coalesce((
      select r.finished_at from poolkeeper.runs r
      where r.dataflow_id = d.id and r.state = 'succeeded' and not r.dry_run and r.tables is null
      order by r.id desc limit 1), d.created_at) as due) target
   where due < now()) end)`
