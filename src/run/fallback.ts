import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { tasks } from '../db/schema.ts'
import { moveRun } from './move.ts'
import { addStreams, lockRun } from './tasks.ts'

const SHARDS = sql`${tasks.stream}->>'source' = 'users' and ${tasks.stream}->>'prefix' is not null`

/** How many users the shards of a run have brought; null when its users are read as one stream already. */
export async function usersFromShards(tx: Transaction, runId: number): Promise<number | null> {
  const [read] = await tx
    .select({
      shards: sql<number>`count(*) filter (where ${SHARDS})`,
      whole: sql<number>`count(*) filter (where ${tasks.stream} = '{"source": "users", "prefix": null}')`,
      rows: sql<number>`coalesce(sum(${tasks.rows}) filter (where ${SHARDS}), 0)`,
    })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream')))
  return read && read.shards > 0 && read.whole === 0 ? Number(read.rows) : null
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
  await addStreams(tx, runId, [{ stream: { source: 'users', prefix: null }, label: 'users' }])
}
