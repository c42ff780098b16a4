import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import type { DataflowSchemas } from './tables.ts'

/** How much a table of a snapshot holds. */
export interface TableSize {
  /** As its run counted them; of the privacy tables, which no run counts, about. */
  readonly rows: number
  /** On disk, with its key; null when it was dropped in this moment. */
  readonly bytes: number | null
}

/** The sizes of the tables of a snapshot, by name. */
export type TableSizes = ReadonlyMap<string, TableSize>

/** Some tables of a snapshot. */
export interface Sized {
  readonly dataflow: Pick<DataflowSchemas, 'snapshotSchema'>
  readonly id: number
  readonly tables: readonly Pick<TableShape, 'table'>[]
}

/**
 * The sizes of the tables of snapshots, by their ids. Each is looked up by its name: with 1,000 dataflows a search through
 * pg_class would go through 300,000 entries.
 */
export async function tableSizes(db: Queryable, sized: readonly Sized[]): Promise<ReadonlyMap<number, TableSizes>> {
  const wanted = sized.flatMap(({ dataflow, id, tables }) =>
    tables.map(({ table }) => ({ id, table, partition: `"${dataflow.snapshotSchema}"."${table}_${id}"` })),
  )
  const found = await db.execute<{ id: number; table: string; rows: number; bytes: number | null }>(sql`
    select w.id, w."table", coalesce(f.rows, greatest(part.reltuples, 0)::bigint) as rows,
      pg_total_relation_size(part.oid) as bytes
    from json_to_recordset(${JSON.stringify(wanted)}::json) as w(id bigint, "table" text, partition text)
    join pg_class part on part.oid = to_regclass(w.partition)
    left join poolkeeper.run_tables f on f.run_id = w.id and f."table" = w."table"`)
  return new Map(
    sized.map(({ id }) => [id, new Map(found.filter((one) => one.id === id).map((one) => [one.table, one]))]),
  )
}
