import { type SQL, sql } from 'drizzle-orm'
import type { Database, Queryable } from '../db/database.ts'
import type { Column, ColumnType, Row } from '../db/table.ts'
import { AskError, errorCode } from '../errors.ts'
import { partitionOf, type StagedTable } from './stage.ts'
import { columnList } from './tables.ts'

/** One condition: a column is a value, or has a text in it, whatever the case. */
export interface Filter {
  readonly column: Column
  readonly test: 'is' | 'contains'
  readonly value: string
}

/** Which rows of a table, and in which order. */
export interface Look {
  readonly filters: readonly Filter[]
  /** Left out, by the table's key. */
  readonly sort?: { readonly column: Column; readonly descending: boolean } | undefined
  readonly limit: number
  /** The place of a row: those after it. */
  readonly after?: string | undefined
}

/** A row, and its place. */
export interface PlacedRow {
  readonly row: Row
  readonly place: string
}

/** Nobody waits longer, and a filter over five million rows takes a second. */
const TIMEOUT = sql.raw(`'10s'`)

const CANCELED = '57014'

/** SQLSTATE's class of values that are none of their type. */
const DATA_EXCEPTION = /^22/

/**
 * Reads rows of one table of a snapshot, whose rows never change. So it is read page by page, each after the place where
 * the last one ended, and all pages together are one state, without a transaction that is held open in between. A place is
 * where a row lies, not what is in it: it goes into addresses, and people's data doesn't.
 * @throws AskError 'bad-input' for a value that is none of its column's type, or a place where no row is; 'timeout'
 */
export async function readRows(db: Database, target: StagedTable, look: Look): Promise<PlacedRow[]> {
  try {
    return await db.transaction(async (tx) => {
      await tx.execute(sql`set local statement_timeout = ${TIMEOUT}`)
      const order = orderOf(target, look)
      const after = look.after === undefined ? undefined : await valuesAt(tx, target, order, look.after)
      return select(tx, target, look, order, after)
    })
  } catch (error) {
    throw explained(error)
  }
}

/** What rows are put in order by: a column perhaps, without a value last, and then what tells them apart. */
interface Order {
  readonly sort: Look['sort']
  readonly key: readonly Column[]
}

function orderOf({ shape }: StagedTable, { sort }: Look): Order {
  return { sort, key: shape.columns.filter(({ name }) => shape.key.includes(name) && name !== sort?.column.name) }
}

/** What a row is ordered by, as text. */
type Values = readonly (string | null)[]

/** Of the row at a place. */
async function valuesAt(db: Queryable, target: StagedTable, { sort, key }: Order, place: string): Promise<Values> {
  const columns = [...(sort ? [sort.column] : []), ...key]
  const values = columns.map(({ name }) => sql`${sql.identifier(name)}::text`)
  const [row] = await db.execute<{ values: Values }>(sql`
    select json_build_array(${sql.join(values, sql`, `)}) as values
    from ${partitionOf(target)} where ctid = ${place}::tid`)
  if (row) return row.values
  throw new AskError('bad-input', 'This cursor names no row.', 'Read from the beginning again.')
}

async function select(
  db: Queryable,
  target: StagedTable,
  { filters, limit }: Look,
  order: Order,
  after: Values | undefined,
): Promise<PlacedRow[]> {
  const conditions = [
    sql`snapshot_id = ${sql.raw(String(target.snapshotId))}`,
    ...filters.map(conditionOf),
    ...(after ? [isAfter(order, after)] : []),
  ]
  const found = await db.execute<Record<string, unknown>>(sql`
    select ctid::text as ctid, ${sql.join(target.shape.columns.map(shown), sql`, `)} from ${partitionOf(target)} t
    where ${sql.join(conditions, sql` and `)}
    order by ${sql.join(ordering(order), sql`, `)} limit ${limit}`)
  return found.map(({ ctid, ...row }) => ({ row, place: String(ctid) }))
}

/** What JavaScript's numbers and dates can't hold stays text: digits, and ISO 8601. */
function shown({ name, type }: Column): SQL {
  const column = sql.identifier(name)
  if (type === 'timestamptz') return sql`to_json(${column})#>>'{}' as ${column}`
  return type === 'bigint' || type === 'numeric' ? sql`${column}::text as ${column}` : sql`${column}`
}

function conditionOf({ column: { name, type }, test, value }: Filter): SQL {
  const column = sql.identifier(name)
  if (test === 'contains') return sql`position(lower(${value}::text) in lower(${column}::text)) > 0`
  return sql`${column} = ${value}::${cast(type)}`
}

/** After these values: behind the first, or level with it and after the others. */
function isAfter({ sort, key }: Order, values: Values): SQL {
  if (!sort) return isAfterKey(key, values)
  const [value = null, ...others] = values
  const column = sql.identifier(sort.column.name)
  const given = sql`${value}::${cast(sort.column.type)}`
  const isBehind = sql`${column} ${sql.raw(sort.descending ? '<' : '>')} ${given} or ${column} is null`
  const isLevel = sql`${column} is not distinct from ${given} and ${isAfterKey(key, others)}`
  return value === null ? isLevel : sql`(${isBehind} or (${isLevel}))`
}

/** One comparison of all of it, which the key's index answers. */
function isAfterKey(key: readonly Column[], values: Values): SQL {
  if (key.length === 0) return sql`false`
  const given = key.map(({ type }, at) => sql`${values[at] ?? null}::${cast(type)}`)
  return sql`(${columnList(key)}) > (${sql.join(given, sql`, `)})`
}

/** By the table's columns: what is shown of a number is text, and a name alone would mean that. */
function ordering({ sort, key }: Order): SQL[] {
  const wayOf = ({ descending }: NonNullable<Look['sort']>) => sql.raw(descending ? 'desc' : 'asc')
  const first = sort ? [sql`${columnList([sort.column], 't')} ${wayOf(sort)} nulls last`] : []
  return key.length > 0 ? [...first, columnList(key, 't')] : first
}

const cast = (type: ColumnType) => sql.raw(type)

function explained(error: unknown): unknown {
  const code = errorCode(error)
  if (code === CANCELED) {
    return new AskError('timeout', 'Finding these rows took longer than 10 s.', 'Filter or sort by another column.')
  }
  if (code && DATA_EXCEPTION.test(code)) {
    return new AskError(
      'bad-input',
      'A value to filter by is none of its column’s type.',
      'See the types of the table.',
    )
  }
  return error
}
