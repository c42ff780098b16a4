import { sql } from 'drizzle-orm'

/**
 * How a dataflow stands, apart from how its runs do; the worst first. A cancelled last run leaves what was imported before
 * as it is, so it is told apart from one that completed.
 */
export const STATUSES = [
  ...(['failed', 'held', 'late', 'running', 'queued', 'new', 'paused', 'cancelled', 'completed'] as const),
] as const

export type DataflowStatus = (typeof STATUSES)[number]

/** A slot is handed out within seconds; a quarter of an hour later something is wrong with the schedulers. */
const OVERDUE = sql`d.next_run_at < now() - interval '15 minutes'`

/**
 * The worst of what is known decides: a pause must not hide a failure, nor a success that nothing runs any more.
 * For statements that call the row of `poolkeeper.dataflows` d, its last run that was not skipped r, and what
 * `LATE_SINCE` gives late_since.
 */
export const STATUS = sql`(case
  when r.state in ('failed', 'held', 'queued') then r.state
  when r.state in ('planning', 'streaming', 'publishing') then 'running'
  when late_since is not null then 'late'
  when d.paused_at is not null then 'paused'
  when ${OVERDUE} then 'late'
  when r.state is null then 'new'
  when r.state = 'cancelled' then 'cancelled'
  else 'completed' end)`
