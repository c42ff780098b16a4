import { and, desc, eq, lt } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { snapshots } from '../db/schema/snapshots.ts'
import { AskError } from '../errors.ts'
import { type ColumnChange, compareColumns, type TableChange } from './compare.ts'
import { publishedSnapshot } from './pointer.ts'
import type { DataflowSchemas } from './tables.ts'

export interface SnapshotDiff {
  readonly from: number
  readonly to: number
  readonly tables: readonly (TableChange & { readonly columns: readonly ColumnChange[] })[]
}

/**
 * Counts how two kept snapshots of a dataflow differ, over the tables of the later one that hold rows.
 * @param pair the runs; without `to` the published one, without `from` the one kept before it.
 * @throws AskError 'not-found' when one of them is not kept.
 */
export async function compareSnapshots(
  db: Queryable,
  dataflow: DataflowSchemas & { readonly name: string },
  pair: { from?: number; to?: number },
): Promise<SnapshotDiff> {
  const later = pair.to ?? (await publishedSnapshot(db, dataflow.id))
  const to = later && (await kept(db, dataflow, eq(snapshots.id, later)))
  const from = to && (await kept(db, dataflow, pair.from ? eq(snapshots.id, pair.from) : lt(snapshots.id, to.id)))
  if (!to || !from) {
    throw new AskError(
      'not-found',
      `${dataflow.name} keeps no two snapshots to compare like this.`,
      `\`poolkeeper history ${dataflow.name}\` shows those that it keeps.`,
    )
  }
  const tables: SnapshotDiff['tables'][number][] = []
  for (const shape of to.tables.filter(({ holds }) => !holds)) {
    tables.push(await compareColumns(db, dataflow, shape, { from: from.id, to: to.id }))
  }
  return { from: from.id, to: to.id, tables }
}

async function kept(db: Queryable, dataflow: DataflowSchemas, which: ReturnType<typeof eq>) {
  const [snapshot] = await db
    .select({ id: snapshots.id, tables: snapshots.tables })
    .from(snapshots)
    .where(and(eq(snapshots.dataflowId, dataflow.id), eq(snapshots.state, 'kept'), which))
    .orderBy(desc(snapshots.id))
    .limit(1)
  return snapshot
}
