import { and, eq, isNotNull } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { published, snapshots } from '../db/schema/snapshots.ts'
import type { TableShape } from '../db/table.ts'
import { isAmong } from '../db/visible.ts'

/** The tables of a dataflow as one import left them. */
export interface ReadableSnapshot {
  readonly id: number
  readonly tables: readonly TableShape[]
  /** Null for one that readers do not see any more. */
  readonly publishedAt: Date | null
}

/** @param snapshotId one that is kept; left out, the one that readers see */
export async function findReadable(
  db: Queryable,
  dataflowId: number,
  snapshotId?: number,
): Promise<ReadableSnapshot | null> {
  const which =
    snapshotId === undefined
      ? isNotNull(published.snapshotId)
      : and(eq(snapshots.id, snapshotId), eq(snapshots.state, 'kept'))
  const [found] = await db
    .select({ id: snapshots.id, tables: snapshots.tables, publishedAt: published.publishedAt })
    .from(snapshots)
    .leftJoin(published, eq(published.snapshotId, snapshots.id))
    .where(and(eq(snapshots.dataflowId, dataflowId), which))
  return found ?? null
}

/** What readers see of each of these dataflows, by their ids; of one that has not imported anything yet there is nothing. */
export async function findAllReadable(
  db: Queryable,
  dataflowIds: readonly number[],
): Promise<ReadonlyMap<number, ReadableSnapshot>> {
  const found = await db
    .select({
      ...{ dataflowId: snapshots.dataflowId, id: snapshots.id },
      ...{ tables: snapshots.tables, publishedAt: published.publishedAt },
    })
    .from(published)
    .innerJoin(snapshots, eq(snapshots.id, published.snapshotId))
    .where(isAmong(published.dataflowId, dataflowIds))
  return new Map(found.map(({ dataflowId, ...snapshot }) => [dataflowId, snapshot]))
}
