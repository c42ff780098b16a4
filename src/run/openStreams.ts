import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { type Seen, type StreamSource, tasks } from '../db/schema/tasks.ts'

/** A stream that is still being read, as its last commit left it; it may be further by now. */
export interface OpenStream {
  readonly id: number
  readonly stream: StreamSource
  readonly seen: Seen | null
  readonly rows: number
  readonly requests: number
  /** How long these have waited for their quota, in ms. */
  readonly waitedMs: number
}

const COLUMNS = {
  ...{ id: tasks.id, stream: sql<StreamSource>`${tasks.stream}`, seen: tasks.seen },
  ...{ rows: tasks.rows, requests: tasks.requests, waitedMs: tasks.waitedMs },
}

/** The streams that a run still reads, at most so many: there may be one for each of 10,000 groups. */
export async function openStreams(tx: Transaction, runId: number, atMost: number): Promise<OpenStream[]> {
  return tx
    .select(COLUMNS)
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream'), eq(tasks.state, 'ready')))
    .limit(atMost)
}

/** Locks a stream against further commits until the transaction ends. Undefined when it has been read to its end. */
export async function lockStream(tx: Transaction, id: number): Promise<OpenStream | undefined> {
  const [stream] = await tx
    .select(COLUMNS)
    .from(tasks)
    .where(and(eq(tasks.id, id), eq(tasks.state, 'ready')))
    .for('update')
  return stream
}

/** Gives a shard an earlier end. Its reader hears of it at the next commit. Call it after `lockStream`. */
export async function endShardAt(tx: Transaction, { id, stream }: OpenStream, until: string): Promise<void> {
  await tx
    .update(tasks)
    .set({ stream: { ...stream, until } })
    .where(eq(tasks.id, id))
}
