import { and, eq, ne, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { type StreamSource, tasks } from '../db/schema/tasks.ts'
import { logRun } from './log.ts'
import { addStreams } from './tasks.ts'

/** One stream and no shards: a pool has at most 10,000 groups, so this many users at most are asked. */
const PER_USER: StreamSource = { source: 'group_members', per: 'user' }

/** As tasks keep it. */
export const MEMBERS_PER_USER = sql`${JSON.stringify(PER_USER)}::jsonb`

/**
 * Gives up asking each group for its members and asks each user for their groups instead: for a pool with more groups
 * than users. What the groups' streams have staged stays, and doubles are removed in the end. Call it under `lockRun`.
 */
export async function readMembersPerUser(tx: Transaction, runId: number): Promise<void> {
  await tx
    .update(tasks)
    .set({ state: 'dropped' })
    .where(and(eq(tasks.runId, runId), ne(tasks.state, 'dropped'), sql`${tasks.stream}->>'group' is not null`))
  const added = await addStreams(tx, runId, [{ stream: PER_USER, label: 'group_members · by user' }])
  if (added > 0) await logRun(tx, runId, 'There are more groups than users: each user is asked for their groups.')
}
