import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import { type DataflowSchemas, qualified, REJECTED_ROWS } from './tables.ts'

/** Something with a comment: a partitioned table or a view, or a column of one. */
interface Commented extends Record<string, unknown> {
  readonly kind: 'p' | 'v'
  readonly table: string
  /** Null: the table itself. */
  readonly column: string | null
  readonly comment: string | null
}

/**
 * Brings the comments of a dataflow's tables and views, and of their columns, up to date: where each value comes from,
 * and how it is treated. Writes only what differs. Takes SHARE UPDATE EXCLUSIVE, which readers pass; call it within a
 * transaction.
 * @param described whether the pool has been: then a column that the shapes don't have is one that its schema lost
 */
export async function commentTables(
  db: Queryable,
  dataflow: DataflowSchemas,
  shapes: readonly TableShape[],
  { described }: { readonly described: boolean },
): Promise<void> {
  const all = new Map([...shapes, REJECTED_ROWS].map((shape) => [shape.table, shape]))
  for (const standing of await standingComments(db, dataflow, [...all.keys()])) {
    const shape = all.get(standing.table)
    const wanted = (shape && wantedComment(shape, standing)) ?? (described ? gone(standing) : standing.comment)
    if (wanted !== null && wanted !== standing.comment) await comment(db, targetOf(dataflow, standing), wanted)
  }
}

function standingComments(
  db: Queryable,
  { schema, snapshotSchema }: DataflowSchemas,
  tables: readonly string[],
): PromiseLike<Commented[]> {
  return db.execute<Commented>(sql`
    select c.relkind as kind, c.relname as "table", part.name as "column", d.description as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select null as name, 0 as number
      union all select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) part
    left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = part.number
    where (n.nspname, c.relkind) in ((${schema}, 'v'), (${snapshotSchema}, 'p')) and c.relname in ${tables}
    order by c.oid, part.number`)
}

function wantedComment(shape: TableShape, { kind, column }: Commented): string | undefined {
  if (column === null) return kind === 'v' ? shape.comment : `${shape.comment}, one partition a snapshot`
  if (column === 'snapshot_id') return 'The run that read the row'
  return shape.columns.find(({ name }) => name === column)?.comment
}

const GONE = "Not in the pool's schema any more, and empty since: "

/** A column that the table keeps for the snapshots that have it. */
function gone({ comment }: Commented): string | null {
  return comment === null || comment.startsWith(GONE) ? comment : `${GONE}${comment}`
}

function targetOf({ schema, snapshotSchema }: DataflowSchemas, { kind, table, column }: Commented): SQL {
  const relation = qualified(kind === 'v' ? schema : snapshotSchema, table)
  if (column !== null) return sql`column ${relation}.${sql.identifier(column)}`
  return kind === 'v' ? sql`view ${relation}` : sql`table ${relation}`
}

/** Comments take no parameters, and a pool's attribute name may hold a quote or a backslash. */
async function comment(db: Queryable, target: SQL, text: string): Promise<void> {
  await db.execute(sql`comment on ${target} is ${sql.raw(`E'${text.replace(/['\\]/g, '$&$&')}'`)}`)
}
