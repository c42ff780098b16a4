import { eq } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { snapshots } from '../db/schema.ts'
import type { TableShape } from '../db/table.ts'

/** The tables of a snapshot as its run found them; none before the run has been planned. */
export async function snapshotShapes(db: Queryable, snapshotId: number): Promise<readonly TableShape[]> {
  const [snapshot] = await db.select({ tables: snapshots.tables }).from(snapshots).where(eq(snapshots.id, snapshotId))
  return snapshot?.tables ?? []
}
