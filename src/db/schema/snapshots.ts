import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, text } from 'drizzle-orm/pg-core'
import type { TableShape } from '../table.ts'
import { identity, instant, poolkeeper } from './columns.ts'
import { dataflows } from './dataflows.ts'
import { runs } from './runs.ts'

/**
 * `building` until publish has finished its tables, `held` while the guard keeps it from readers, `kept` once published,
 * `left` by a failed run for an hour, so that a retry can go on with it, `dropping` when nobody may see it any more,
 * `dropped` when its tables are gone.
 */
export type SnapshotState = 'building' | 'held' | 'kept' | 'left' | 'dropping' | 'dropped'

/** A place in the order in which users are asked for one by one: by their last change, oldest first. */
export interface Place {
  /** An instant as Postgres writes it; `-infinity` for a user without one. */
  readonly at: string
  readonly sub: string
}

/** A run's tables as one version. Its id is the run's, and the key of its partitions. */
export const snapshots = poolkeeper.table(
  'snapshots',
  {
    id: bigint({ mode: 'number' })
      .primaryKey()
      .references(() => runs.id),
    dataflowId: bigint('dataflow_id', { mode: 'number' })
      .notNull()
      .references(() => dataflows.id),
    state: text().$type<SnapshotState>().notNull().default('building'),
    /** The tables as the run found them: an edit of the dataflow or of the pool's schema changes later snapshots only. */
    tables: jsonb().$type<readonly TableShape[]>().notNull(),
    /** Opt-in table → the last user that its run asked for: the run after this snapshot goes on behind them. */
    places: jsonb().$type<Readonly<Record<string, Place>>>().notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('snapshots_by_dataflow').on(table.dataflowId, table.id),
    index('snapshots_to_drop').on(table.id).where(sql`${table.state} = 'dropping'`),
  ],
)

/** The pointer: which snapshot the views of a dataflow show. One row each; publish and rollback are one UPDATE of it. */
export const published = poolkeeper.table('published', {
  dataflowId: bigint('dataflow_id', { mode: 'number' })
    .primaryKey()
    .references(() => dataflows.id),
  snapshotId: bigint('snapshot_id', { mode: 'number' }).references(() => snapshots.id),
  publishedAt: instant('published_at'),
})

/** Every move of a pointer, for good. */
export const publications = poolkeeper.table('publications', {
  id: identity(),
  dataflowId: bigint('dataflow_id', { mode: 'number' })
    .notNull()
    .references(() => dataflows.id),
  fromSnapshotId: bigint('from_snapshot_id', { mode: 'number' }),
  toSnapshotId: bigint('to_snapshot_id', { mode: 'number' }).notNull(),
  reason: text().$type<'publish' | 'approve' | 'rollback'>().notNull(),
  by: text().notNull(),
  at: instant('at').notNull().defaultNow(),
})
