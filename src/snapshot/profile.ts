import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { stagedShape } from '../db/stagedShape.ts'
import type { Column, ColumnType, TableShape } from '../db/table.ts'
import { partitionOf, type StagedTable } from './stage.ts'

/** What is held in a column, or in a table: counts and days, and no value. */
export interface Changes {
  /** The UTC day of the earliest last change; null for a table that tells none. */
  readonly firstChange: string | null
  readonly lastChange: string | null
}

export interface ColumnProfile extends Changes {
  /** Rows that have it filled; null where the values were dropped before anybody saw them. */
  readonly filled: number | null
  /** Different values; null where treatment made different values alike. */
  readonly distinct: number | null
}

export interface TableProfile extends Changes {
  readonly rows: number
  /** In the order of the shape's columns. */
  readonly columns: readonly ColumnProfile[]
}

/**
 * Counts what a finished table holds, rows or fingerprints, by one statement that reads it once. 1M users of 32 columns
 * took 5.3 s, their fingerprints 4.6 s (measured; a hash aggregate for each column 14.6 s, and 9.3 s with two workers).
 * Each column is sorted in a work_mem of its own, so that stays what the server has: the default of 4 MB made 122 MB in
 * all, and 64 MB took 643 MB to save 0.7 s.
 */
export async function profileTable(db: Queryable, target: StagedTable): Promise<TableProfile> {
  const { columns } = target.shape
  const figures = columns.map((column, at) => sql`${figuresOf(target.shape, column)} as ${sql.identifier(`c${at}`)}`)
  const [found] = await db.execute<Record<string, Figures>>(sql`
    select json_build_array(count(*), null, ${changes(target.shape, sql`true`)}) as whole,
      ${sql.join(figures, sql`, `)} from ${partitionOf(target)}`)
  const [rows, , firstChange, lastChange] = found?.whole ?? NOTHING
  return {
    ...{ rows: rows ?? 0, firstChange, lastChange },
    columns: columns.map((column, at) => told(column, found?.[`c${at}`] ?? NOTHING)),
  }
}

type Figures = readonly [filled: number | null, distinct: number | null, first: string | null, last: string | null]

const NOTHING: Figures = [0, 0, null, null]

function figuresOf(shape: TableShape, column: Column): SQL {
  const value = sql.identifier(column.name)
  const isKey = shape.key.length === 1 && shape.key[0] === column.name
  const { type } = stagedShape(shape).columns.find(({ name }) => name === column.name) ?? column
  const distinct = isKey ? sql`count(${value})` : sql`count(distinct ${HASH[type](value)})`
  return sql`json_build_array(count(${value}), ${distinct}, ${changes(shape, sql`${value} is not null`)})`
}

/** To the day: of a value that one user has, the exact time would be that user's. */
function changes(shape: TableShape, which: SQL): SQL {
  const { newest } = stagedShape(shape)
  if (!newest) return sql`null, null`
  const day = (of: SQL) => sql`date_trunc('day', ${of}(${sql.identifier(newest)}) filter (where ${which}), 'UTC')`
  return sql`${day(sql`min`)}, ${day(sql`max`)}`
}

type Expression = ReturnType<typeof sql.identifier>

const asIs = (value: Expression) => sql`${value}`

/**
 * What is sorted to count different values: eight bytes each, whatever their size. Postgres's own hash of each type,
 * which is the same for 1.5 and 1.50.
 */
const HASH: Readonly<Record<ColumnType, (value: Expression) => SQL>> = {
  text: (value) => sql`hashtextextended(${value}, 0)`,
  numeric: (value) => sql`hash_numeric_extended(${value}, 0)`,
  jsonb: (value) => sql`jsonb_hash_extended(${value}, 0)`,
  boolean: asIs,
  integer: asIs,
  bigint: asIs,
  timestamptz: asIs,
}

function told({ treatment }: Column, [filled, distinct, firstChange, lastChange]: Figures): ColumnProfile {
  if (treatment === 'drop') return { filled: null, distinct: null, firstChange: null, lastChange: null }
  return { filled, distinct: treatment === 'mask' ? null : distinct, firstChange, lastChange }
}
