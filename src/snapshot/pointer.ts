import { and, desc, eq, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { publications, published } from '../db/schema/snapshots.ts'

/** The snapshot that readers of a dataflow see; null before its first import. */
export async function publishedSnapshot(db: Queryable, dataflowId: number): Promise<number | null> {
  const [row] = await db
    .select({ snapshotId: published.snapshotId })
    .from(published)
    .where(eq(published.dataflowId, dataflowId))
  return row?.snapshotId ?? null
}

/**
 * The snapshot that a rollback has put before readers since `base` was published; null when `base` still is, or when
 * what came after it is an import that somebody approved.
 */
export async function rolledBackSince(db: Queryable, dataflowId: number, base: number | null): Promise<number | null> {
  const [last] = await db
    .select({ to: publications.toSnapshotId, reason: publications.reason })
    .from(publications)
    .where(eq(publications.dataflowId, dataflowId))
    .orderBy(desc(publications.id))
    .limit(1)
  return last && last.reason === 'rollback' && last.to !== base ? last.to : null
}

export interface PointerMove {
  readonly dataflowId: number
  /** What the mover believes to be published. */
  readonly from: number | null
  readonly to: number
  readonly reason: 'publish' | 'approve' | 'rollback'
  readonly by: string
}

/**
 * Publishes a snapshot: all tables of the dataflow at once, by one UPDATE of one row. Call it in the transaction that
 * records why.
 * @returns false when something else has been published meanwhile; nothing was changed then.
 */
export async function movePointer(db: Queryable, move: PointerMove): Promise<boolean> {
  const moved = await db
    .update(published)
    .set({ snapshotId: move.to, publishedAt: sql`now()` })
    .where(
      and(eq(published.dataflowId, move.dataflowId), sql`${published.snapshotId} is not distinct from ${move.from}`),
    )
    .returning({ dataflowId: published.dataflowId })
  if (moved.length === 0) return false
  await db.insert(publications).values({
    dataflowId: move.dataflowId,
    fromSnapshotId: move.from,
    toSnapshotId: move.to,
    reason: move.reason,
    by: move.by,
  })
  return true
}
