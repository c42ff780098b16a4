import { and, desc, eq } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { runs } from '../db/schema/runs.ts'
import { published, snapshots } from '../db/schema/snapshots.ts'
import type { TableShape } from '../db/table.ts'

/** The tables of a snapshot as its run found them; none before the run has been planned. */
export async function snapshotShapes(db: Queryable, snapshotId: number): Promise<readonly TableShape[]> {
  const [snapshot] = await db.select({ tables: snapshots.tables }).from(snapshots).where(eq(snapshots.id, snapshotId))
  return snapshot?.tables ?? []
}

/** The tables of the run that was planned last, however it ended; none before the first. A dry run is not asked. */
export async function lastPlannedShapes(db: Queryable, dataflowId: number): Promise<readonly TableShape[]> {
  const [last] = await db
    .select({ tables: snapshots.tables })
    .from(snapshots)
    .innerJoin(runs, eq(runs.id, snapshots.id))
    .where(and(eq(snapshots.dataflowId, dataflowId), eq(runs.dryRun, false)))
    .orderBy(desc(snapshots.id))
    .limit(1)
  return last?.tables ?? []
}

/** What readers of a dataflow see, and what it was made from. */
export interface PublishedImport {
  readonly snapshotId: number
  readonly poolId: string | null
  readonly tables: readonly TableShape[]
}

/** Null before the first import. */
export async function publishedImport(db: Queryable, dataflowId: number): Promise<PublishedImport | null> {
  const [seen] = await db
    .select({ snapshotId: snapshots.id, poolId: runs.poolId, tables: snapshots.tables })
    .from(published)
    .innerJoin(snapshots, eq(snapshots.id, published.snapshotId))
    .innerJoin(runs, eq(runs.id, snapshots.id))
    .where(eq(published.dataflowId, dataflowId))
  return seen ?? null
}
