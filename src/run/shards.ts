import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { type Seen, type StreamSource, tasks } from '../db/schema.ts'

/** Streams that read a part of the users, by the first digits of their sub. */
export const SHARDS = sql`${tasks.stream}->>'source' = 'users' and ${tasks.stream}->>'prefix' is not null`

/** A shard that is still being read. */
export interface OpenShard {
  readonly id: number
  readonly stream: StreamSource
  readonly seen: Seen | null
  readonly rows: number
}

const COLUMNS = {
  id: tasks.id,
  stream: sql<StreamSource>`${tasks.stream}`,
  seen: tasks.seen,
  rows: tasks.rows,
}

/** How many streams a run still reads, shards and others. */
export async function countOpenStreams(tx: Transaction, runId: number): Promise<number> {
  const [open] = await tx.select({ streams: count() }).from(tasks).where(openStreams(runId))
  return open?.streams ?? 0
}

/** The shards that a run still reads, as their last commits left them; they may be further by now. */
export async function openShards(tx: Transaction, runId: number): Promise<OpenShard[]> {
  return tx
    .select(COLUMNS)
    .from(tasks)
    .where(and(openStreams(runId), SHARDS))
}

/** Locks a shard against further commits until the transaction ends. Undefined when it has been read to its end. */
export async function lockShard(tx: Transaction, id: number): Promise<OpenShard | undefined> {
  const [shard] = await tx
    .select(COLUMNS)
    .from(tasks)
    .where(and(eq(tasks.id, id), eq(tasks.state, 'ready')))
    .for('update')
  return shard
}

/** Gives a shard an earlier end. Its reader hears of it at the next commit. Call it after `lockShard`. */
export async function endShardAt(tx: Transaction, { id, stream }: OpenShard, until: string): Promise<void> {
  await tx
    .update(tasks)
    .set({ stream: { ...stream, until } })
    .where(eq(tasks.id, id))
}

function openStreams(runId: number): SQL | undefined {
  return and(eq(tasks.runId, runId), eq(tasks.kind, 'stream'), eq(tasks.state, 'ready'))
}
