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
 * Counts what a finished table holds, rows or fingerprints, by one statement whose parts Postgres works at side by side.
 * 1M users of 33 columns took 2.3 s on two cores, 3.9 s of CPU; in one part 4.7 s, of which 1.3 s went into sorting whole
 * rows (measured; a hash aggregate for each column 14.6 s, and as grouping sets no less than sorted). Call it within a
 * transaction.
 * Each column is sorted in a work_mem of its own, so that stays what the server has: the default of 4 MB made 122 MB in
 * all, and 64 MB took 643 MB to save 0.7 s.
 */
export async function profileTable(db: Queryable, target: StagedTable): Promise<TableProfile> {
  const { shape } = target
  const all = sql`json_build_array(count(*), null, ${changes(shape, sql`true`)})`
  await sortNoWholeRows(db)
  const [whole, ...each] = await count(db, target, [all, ...shape.columns.map((column) => figuresOf(shape, column))])
  const [rows, , firstChange, lastChange] = whole ?? NOTHING
  return {
    ...{ rows: rows ?? 0, firstChange, lastChange },
    columns: shape.columns.map((column, at) => told(column, each[at] ?? NOTHING)),
  }
}

type Figures = readonly [filled: number | null, distinct: number | null, first: string | null, last: string | null]

const NOTHING: Figures = [0, 0, null, null]

/**
 * From Postgres 16 on the planner sorts the whole table by one of the columns, so that this one needs no sort of its own.
 * Until the transaction ends.
 */
async function sortNoWholeRows(db: Queryable): Promise<void> {
  await db.execute(sql`select set_config(name, 'off', true) from pg_settings where name = 'enable_presorted_aggregate'`)
}

/** Postgres gives a statement two helpers by default. Each part reads the table once more: 0.3 s for 1M users (measured). */
const PARTS = 3

/** @returns the figures in their order, dealt out to the parts like cards. */
async function count(db: Queryable, target: StagedTable, figures: readonly SQL[]): Promise<Figures[]> {
  const parts = Array.from({ length: Math.min(PARTS, figures.length) }, (_, part) => {
    const dealt = figures.filter((_figure, at) => at % PARTS === part)
    return sql`select ${sql.raw(String(part))} as part, array_to_json(array[${sql.join(dealt, sql`, `)}]) as figures
      from ${partitionOf(target)}`
  })
  const found = await db.execute<{ figures: Figures[] }>(sql`${sql.join(parts, sql` union all `)} order by part`)
  return figures.map((_, at) => found[at % PARTS]?.figures[Math.floor(at / PARTS)] ?? NOTHING)
}

function figuresOf(shape: TableShape, column: Column): SQL {
  const value = sql.identifier(column.name)
  const { type } = stagedShape(shape).columns.find(({ name }) => name === column.name) ?? column
  const isKey = shape.key.length === 1 && shape.key[0] === column.name
  const distinct = isKey ? sql`count(${value})` : countDistinct(type, value)
  return sql`json_build_array(count(${value}), ${distinct}, ${changes(shape, sql`${value} is not null`)})`
}

function countDistinct(type: ColumnType, value: Expression): SQL {
  if (type === 'boolean') return sql`coalesce(bool_or(${value})::int + bool_or(not ${value})::int, 0)`
  return sql`count(distinct ${HASH[type](value)})`
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
const HASH: Readonly<Record<Exclude<ColumnType, 'boolean'>, (value: Expression) => SQL>> = {
  text: (value) => sql`hashtextextended(${value}, 0)`,
  numeric: (value) => sql`hash_numeric_extended(${value}, 0)`,
  jsonb: (value) => sql`jsonb_hash_extended(${value}, 0)`,
  integer: asIs,
  bigint: asIs,
  timestamptz: asIs,
}

function told({ treatment }: Column, [filled, distinct, firstChange, lastChange]: Figures): ColumnProfile {
  if (treatment === 'drop') return { filled: null, distinct: null, firstChange: null, lastChange: null }
  return { filled, distinct: treatment === 'mask' ? null : distinct, firstChange, lastChange }
}
