import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { Purpose } from '../db/table.ts'
import type { TableChange } from './compare.ts'
import type { DataflowSchemas } from './tables.ts'

/** A snapshot that readers see, could see again, or would see if somebody approved it. */
export interface ListedSnapshot {
  readonly run: number
  readonly state: 'kept' | 'held'
  /** Whether readers see it. */
  readonly published: boolean
  /** When its import ended. */
  readonly takenAt: Date | null
  /** All tables together, as its run counted them. */
  readonly rows: number
  /** On disk, with keys. */
  readonly bytes: number
  /** After so many further imports it goes; null for what readers see, and for what waits for somebody's decision. */
  readonly importsLeft: number | null
  readonly tables: readonly SnapshotTable[]
}

/** What its run made of a table, against what readers saw before it. */
export interface SnapshotTable extends TableChange {
  readonly purpose: Purpose | null
  /** Null where no rows are stored: of a table that is only catalogued. */
  readonly bytes: number | null
}

interface Row extends Record<string, unknown>, Omit<ListedSnapshot, 'takenAt' | 'rows' | 'bytes'> {
  readonly takenAt: string | null
}

/** The snapshots of a dataflow, newest first. The privacy tables are derived from the others and count as none of them. */
export async function listSnapshots(
  db: Queryable,
  { id, snapshotSchema, keepSnapshots }: DataflowSchemas & { readonly keepSnapshots: number },
): Promise<readonly ListedSnapshot[]> {
  const rows = await db.execute<Row>(sql`
    with listed as (
      select s.id, s.state, s.tables, p.snapshot_id is not null as published, r.finished_at,
        row_number() over (partition by s.state order by s.id desc) as nth
      from poolkeeper.snapshots s join poolkeeper.runs r on r.id = s.id
      left join poolkeeper.published p on p.snapshot_id = s.id
      where s.dataflow_id = ${id} and s.state in ('kept', 'held')
    )
    select id as run, state, published, finished_at as "takenAt",
      case when state = 'kept' and not published then greatest(${keepSnapshots} - nth + 1, 1) end as "importsLeft",
      (select coalesce(jsonb_agg(jsonb_build_object(
          'table', shape->>'table', 'purpose', shape->>'purpose',
          'rows', coalesce(f.rows, 0), 'added', coalesce(f.added, 0), 'removed', coalesce(f.removed, 0), 'changed', coalesce(f.changed, 0),
          'bytes', pg_total_relation_size(to_regclass(format('%I.%I', ${snapshotSchema}::text, shape->>'table' || '_' || listed.id)))
        ) order by position), '[]')
        from jsonb_array_elements(tables) with ordinality as shapes(shape, position)
        left join poolkeeper.run_tables f on f.run_id = listed.id and f."table" = shape->>'table'
        where shape->>'holds' is distinct from 'catalogue') as tables
    from listed order by id desc`)
  return rows.map(({ takenAt, tables, ...snapshot }) => ({
    ...{ ...snapshot, tables, takenAt: takenAt === null ? null : new Date(takenAt) },
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: tables.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
  }))
}
