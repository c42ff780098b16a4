import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { DataflowSchemas } from './tables.ts'

/** How much a table of a snapshot holds. */
export interface TableSize {
  /** As its run counted them; of the privacy tables, which no run counts, about. */
  readonly rows: number
  /** On disk, with its key. */
  readonly bytes: number
}

/** The sizes of the tables of a snapshot, by name. */
export async function tableSizes(
  db: Queryable,
  { snapshotSchema }: DataflowSchemas,
  snapshotId: number,
): Promise<ReadonlyMap<string, TableSize>> {
  const sizes = await db.execute<{ table: string; rows: number; bytes: number }>(sql`
    select parent.relname as "table", coalesce(f.rows, greatest(part.reltuples, 0)::bigint) as rows,
      pg_total_relation_size(part.oid) as bytes
    from pg_class part
    join pg_inherits i on i.inhrelid = part.oid join pg_class parent on parent.oid = i.inhparent
    left join poolkeeper.run_tables f on f.run_id = ${snapshotId} and f."table" = parent.relname
    where part.relnamespace = to_regnamespace(quote_ident(${snapshotSchema}))
      and part.relname = parent.relname || ${`_${snapshotId}`}::text`)
  return new Map(sizes.map(({ table, rows, bytes }) => [table, { rows, bytes }]))
}
