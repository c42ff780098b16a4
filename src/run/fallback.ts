import { and, eq, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { type StreamSource, tasks } from '../db/schema/tasks.ts'
import { moveRun } from './move.ts'
import { addStreams, lockRun } from './tasks.ts'

const SHARDS = sql`${tasks.stream}->>'source' = 'users' and ${tasks.stream}->>'prefix' is not null`

/** All users, without a filter. */
const WHOLE: StreamSource = { source: 'users', prefix: null }

/** As tasks keep it. */
export const WHOLE_STREAM = sql`${JSON.stringify(WHOLE)}::jsonb`

/** Users that a run's streams have brought, doubles and all. */
export interface UsersRead {
  readonly byShards: number
  /** Null while no stream without a filter has been added. */
  readonly asOneStream: number | null
}

/** What a run's shards have brought, and the one stream after them; null for a run that never had shards. */
export async function usersRead(db: Queryable, runId: number): Promise<UsersRead | null> {
  const [read] = await db
    .select({
      shards: sql<number>`count(*) filter (where ${SHARDS})`,
      byShards: sql<number>`(coalesce(sum(${tasks.rows}) filter (where ${SHARDS}), 0))::bigint`,
      asOneStream: sql<number | null>`(sum(${tasks.rows}) filter (where ${tasks.stream} = ${WHOLE_STREAM}))::bigint`,
    })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream')))
  return read && read.shards > 0 ? { byShards: read.byShards, asOneStream: read.asOneStream } : null
}

/**
 * Gives up the shards and reads the users once more as one unfiltered stream: for a pool that refuses the filter, or
 * whose shards don't add up. What the shards have staged stays, and doubles are removed in the end.
 */
export async function readUsersAsOneStream(tx: Transaction, runId: number): Promise<void> {
  const run = await lockRun(tx, runId)
  if (run?.state !== 'streaming' && !(await moveRun(tx, runId, 'streaming'))) return
  await tx
    .update(tasks)
    .set({ state: 'dropped' })
    .where(and(eq(tasks.runId, runId), eq(tasks.state, 'ready'), SHARDS))
  await addStreams(tx, runId, [{ stream: WHOLE, label: 'users' }])
}
