import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import { columnList, type DataflowSchemas, qualified } from './tables.ts'

/** What one table would be after a publish, against what it is. Counts of rows. */
export interface TableChange {
  readonly table: string
  readonly rows: number
  readonly added: number
  readonly removed: number
  readonly changed: number
}

/** In how many of the rows that both snapshots have a column differs. */
export interface ColumnChange {
  readonly column: string
  readonly changed: number
}

/** Two snapshots: `from` is what readers see now, null when nothing was ever published: then every row is added. */
interface Pair {
  readonly from: number | null
  readonly to: number
}

type Counts = Omit<TableChange, 'table'>

/** Counts how two snapshots of a table differ, row by row over its key. 1M rows against 1M took 4.4 s (measured). */
export async function compareTable(
  db: Queryable,
  dataflow: DataflowSchemas,
  shape: TableShape,
  pair: Pair,
): Promise<TableChange> {
  const [counts] = await db.execute<Counts & Record<string, unknown>>(
    sql`select ${COUNTS} from (${rowsOf(dataflow, shape, pair)}) rows`,
  )
  return { table: shape.table, ...(counts ?? NONE) }
}

/**
 * The same with the columns that differ, that of most rows first: for a person who waits, publishing does without. 305,000
 * rows of 32 columns took 1.2 s without and 1.9 s with; 4.7 s while each column asked anew whether the row differs, which
 * `offset 0` keeps it from.
 */
export async function compareColumns(
  db: Queryable,
  dataflow: DataflowSchemas,
  shape: TableShape,
  pair: Pair,
): Promise<TableChange & { readonly columns: readonly ColumnChange[] }> {
  const compared = shape.columns.filter(({ name }) => !shape.key.includes(name))
  const values = compared.map(({ name }, at) => {
    const column = sql.identifier(name)
    return sql`, a.${column} as ${sql.raw(`before_${at}`)}, b.${column} as ${sql.raw(`after_${at}`)}`
  })
  const each = compared.map(
    (_, at) => sql`count(*) filter (where differs and ${sql.raw(`before_${at} is distinct from after_${at}`)})`,
  )
  const [found] = await db.execute<Counts & { each: readonly number[] }>(sql`
    select ${COUNTS}, to_jsonb(array[${sql.join(each, sql`, `)}]::bigint[]) as each
    from (${rowsOf(dataflow, shape, pair, sql.join(values))} offset 0) rows`)
  const { each: changed, ...counts } = found ?? { ...NONE, each: [] }
  const columns = compared.map(({ name }, at) => ({ column: name, changed: changed[at] ?? 0 }))
  return {
    ...{ table: shape.table, ...counts },
    columns: columns.filter(({ changed }) => changed > 0).toSorted((one, other) => other.changed - one.changed),
  }
}

const NONE: Counts = { rows: 0, added: 0, removed: 0, changed: 0 }

const COUNTS = sql`count("after") as rows, count(*) filter (where "before" is null) as added,
  count(*) filter (where "after" is null) as removed, count(*) filter (where differs) as changed`

/**
 * The rows of both snapshots of a table, side by side over its key: in which of them each is, and whether it differs.
 * @param values what else of the sides a and b
 */
function rowsOf(
  dataflow: DataflowSchemas,
  { table, key, columns }: TableShape,
  { from, to }: Pair,
  values: SQL = sql``,
): SQL {
  const parent = qualified(dataflow.snapshotSchema, table)
  const side = (snapshot: number | null) =>
    sql`select * from ${parent} where snapshot_id = ${sql.raw(String(snapshot ?? 'null'))}`
  const sameKey = key.map((name) => sql`a.${sql.identifier(name)} = b.${sql.identifier(name)}`)
  return sql`select a.snapshot_id as "before", b.snapshot_id as "after",
      a.snapshot_id is not null and b.snapshot_id is not null
        and (${columnList(columns, 'a')}) is distinct from (${columnList(columns, 'b')}) as differs ${values}
    from (${side(from)}) a full join (${side(to)}) b on ${sql.join(sameKey, sql` and `)}`
}
