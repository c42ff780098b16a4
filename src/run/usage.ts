import { type SQL, sql } from 'drizzle-orm'
import { tasks } from '../db/schema/tasks.ts'

/** What a piece of work used and made since the last commit. */
export interface Usage {
  readonly requests: number
  readonly throttled: number
  /** How long its requests waited for their quota, in ms, all of them together. */
  readonly waitedMs: number
  readonly warnings: number
}

/**
 * A query for what all tasks of a run have used: one row with the columns of `runs` that are named so. Streams and the
 * others have an index each, and both are looked into only where both are asked for.
 */
export function usedByTasks(runId: SQL | number): SQL {
  return sql`select coalesce(sum(requests), 0) as requests, coalesce(sum(throttled), 0) as throttled,
    coalesce(sum(waited_ms), 0) as waited_ms, coalesce(sum(warnings), 0) as warnings
    from poolkeeper.tasks where run_id = ${runId} and kind = 'stream' or run_id = ${runId} and kind <> 'stream'`
}

/** Adds to a task what it has used of Cognito since its last commit. */
export function addRequestCounts({ requests, throttled, waitedMs }: Omit<Usage, 'warnings'>) {
  return {
    requests: sql`${tasks.requests} + ${requests}`,
    throttled: sql`${tasks.throttled} + ${throttled}`,
    waitedMs: sql`${tasks.waitedMs} + ${waitedMs}`,
  }
}
