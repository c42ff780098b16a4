import { type SQL, sql } from 'drizzle-orm'
import type { Database, Queryable, Transaction } from '../db/database.ts'
import type { Column, ColumnType, TableShape } from '../db/table.ts'
import { withLockTimeout } from './locks.ts'

/** Where a dataflow's tables live: views that people read in `schema`, partitioned tables in `snapshotSchema`. */
export interface DataflowSchemas {
  readonly id: number
  readonly schema: string
  readonly snapshotSchema: string
}

/**
 * Records that could not become a row of their table, with the reason: kept beside the snapshot, never published, gone
 * with it. It has no key: whatever came is kept as it came.
 */
export const REJECTED_ROWS: TableShape = {
  table: 'rejected_rows',
  comment: 'Records from Cognito that could not become rows, with the reason',
  columns: [
    { name: 'table_name', type: 'text', comment: 'The table that the record was meant for' },
    { name: 'reason', type: 'text', comment: 'Why it could not become a row' },
    {
      name: 'record',
      type: 'text',
      comment: 'The record as JSON text; withheld where columns of its table are treated',
    },
  ],
  key: [],
}

/**
 * Makes a dataflow's schemas, its partitioned tables and its (still empty) views, without comments (`commentTables`).
 * Call it within a transaction.
 */
export async function createTables(
  db: Queryable,
  dataflow: DataflowSchemas,
  shapes: readonly TableShape[],
): Promise<void> {
  await db.execute(sql`create schema if not exists ${sql.identifier(dataflow.schema)}`)
  await db.execute(sql`create schema if not exists ${sql.identifier(dataflow.snapshotSchema)}`)
  await createParent(db, dataflow, REJECTED_ROWS)
  for (const shape of shapes.filter(isShown)) await createTable(db, dataflow, shape)
}

/** Whether readers ever get to see the table: fingerprints have neither a parent nor a view. */
export function isShown({ holds }: TableShape): boolean {
  return holds !== 'fingerprints'
}

async function createTable(db: Queryable, dataflow: DataflowSchemas, shape: TableShape): Promise<void> {
  await createParent(db, dataflow, shape)
  await defineView(db, dataflow, shape.table)
}

/**
 * Drops a dataflow's views, tables and schemas, snapshots and all. Call it within a transaction.
 * Only what is ours, and without CASCADE: what somebody else built on a view or put beside it is theirs to drop, and
 * Postgres names it in its refusal (2BP01).
 */
export async function dropTables(db: Queryable, dataflow: DataflowSchemas): Promise<void> {
  const { schema, snapshotSchema } = dataflow
  const parents = await relations(db, snapshotSchema, 'p')
  for (const table of parents) await dropView(db, dataflow, table)
  for (const table of parents) await db.execute(sql`drop table ${qualified(snapshotSchema, table)}`)
  for (const staging of await relations(db, snapshotSchema, 'r')) {
    await db.execute(sql`drop table ${qualified(snapshotSchema, staging)}`)
  }
  await db.execute(sql`drop schema if exists ${sql.identifier(schema)}`)
  await db.execute(sql`drop schema if exists ${sql.identifier(snapshotSchema)}`)
}

/** Takes away the view of a table that the dataflow no longer imports. Kept snapshots still hold its rows. */
export async function dropView(db: Queryable, dataflow: DataflowSchemas, table: string): Promise<void> {
  await db.execute(sql`drop view if exists ${qualified(dataflow.schema, table)}`)
}

/**
 * Gives the tables the columns that the pool's schema has gained, without touching grants, dependent views or older
 * snapshots, and makes those that the dataflow has not had until now (the privacy tables came with a later version).
 * Columns are only ever added, and keep the type that they were first given: Postgres can't change either under a view,
 * and a snapshot of last week must stay readable. What no longer fits its column is kept as raw.
 *
 * Adding a column needs ACCESS EXCLUSIVE for an instant, and whoever waits for it makes new readers wait behind it:
 * hence a short lock timeout and another try (5.0 s of blocked readers without, 240 ms at worst with; measured).
 * @returns the shapes as the tables now have them: the wanted columns, with the types that stand.
 * @throws WaitError 'table-locked' when a reader holds its transaction open all the while.
 */
export async function widenTables(
  db: Database,
  dataflow: DataflowSchemas,
  shapes: readonly TableShape[],
): Promise<TableShape[]> {
  const standing: TableShape[] = []
  for (const shape of shapes) standing.push(isShown(shape) ? await widenTable(db, dataflow, shape) : shape)
  return standing
}

async function widenTable(db: Database, dataflow: DataflowSchemas, shape: TableShape): Promise<TableShape> {
  const present = await columnTypes(db, dataflow.snapshotSchema, shape.table)
  const missing = shape.columns.filter((column) => !present.has(column.name))
  if (present.size === 0) await withLockTimeout(db, (tx) => createTable(tx, dataflow, shape))
  else if (missing.length > 0) await addColumns(db, dataflow, shape, missing)
  return { ...shape, columns: shape.columns.map((column) => standingAs(present.get(column.name), column)) }
}

function standingAs(type: ColumnType | undefined, column: Column): Column {
  return type === undefined || type === column.type ? column : { ...column, type, declared: column.type }
}

/** `"schema"."table"`, quoted. */
export function qualified(schema: string, table: string): SQL {
  return sql`${sql.identifier(schema)}.${sql.identifier(table)}`
}

/** `"a", "b"`, quoted; each behind `alias.` if there is one. */
export function columnList(columns: readonly Pick<Column, 'name'>[], alias?: string): SQL {
  const prefix = alias ? sql`${sql.identifier(alias)}.` : sql``
  return sql.join(
    columns.map((column) => sql`${prefix}${sql.identifier(column.name)}`),
    sql`, `,
  )
}

async function createParent(db: Queryable, dataflow: DataflowSchemas, shape: TableShape): Promise<void> {
  const parent = qualified(dataflow.snapshotSchema, shape.table)
  const columns = shape.columns.map((column) => sql`, ${definition(column)}`)
  const key = shape.key.map((name) => ({ name }))
  const primaryKey = key.length > 0 ? sql`, primary key (snapshot_id, ${columnList(key)})` : sql``
  await db.execute(sql`create table if not exists ${parent} (snapshot_id bigint not null${sql.join(columns)}${primaryKey})
    partition by list (snapshot_id)`)
}

/**
 * The published view: the rows of whichever snapshot the dataflow's pointer names, so that publishing is one UPDATE.
 * It shows the columns that the table has now. Takes ACCESS EXCLUSIVE on the view.
 */
async function defineView(db: Queryable, dataflow: DataflowSchemas, table: string): Promise<void> {
  const inOrder = [...(await columnTypes(db, dataflow.snapshotSchema, table)).keys()]
  await db.execute(sql`create or replace view ${qualified(dataflow.schema, table)} as
    select ${columnList(inOrder.map((name) => ({ name })))} from ${qualified(dataflow.snapshotSchema, table)}
    where snapshot_id = (select snapshot_id from poolkeeper.published where dataflow_id = ${sql.raw(String(dataflow.id))})`)
}

async function addColumns(
  db: Database,
  dataflow: DataflowSchemas,
  shape: TableShape,
  missing: readonly Column[],
): Promise<void> {
  const additions = missing.map((column) => sql`add column if not exists ${definition(column)}`)
  await withLockTimeout(db, async (tx) => {
    const parent = qualified(dataflow.snapshotSchema, shape.table)
    // Two that widen take turns by a lock that readers pass; else the later one would define the view by the columns of
    // before, which Postgres refuses ("cannot drop columns from view").
    await tx.execute(sql`lock table only ${parent} in share update exclusive mode`)
    // In the order in which readers lock, the view before its table: the other way round one reader that polls and this
    // waited for each other until the timeout, try after try (21 s, measured; 0.1 s like this).
    await defineView(tx, dataflow, shape.table)
    await tx.execute(sql`lock table only ${parent} in access exclusive mode`)
    await dropDetaching(tx, dataflow.snapshotSchema, shape.table)
    await tx.execute(sql`alter table ${parent} ${sql.join(additions, sql`, `)}`)
    await defineView(tx, dataflow, shape.table)
  })
}

/**
 * Drops the partition that prune was detaching when it was interrupted, if there is one. A new column would not reach
 * it, and then it could never be detached ("could not convert row type", Postgres 18.4), nor any other after it.
 */
async function dropDetaching(tx: Transaction, schema: string, table: string): Promise<void> {
  const detaching = await tx.execute<{ name: string }>(sql`
    select child.relname as name from pg_inherits i
    join pg_class child on child.oid = i.inhrelid join pg_class parent on parent.oid = i.inhparent
    where parent.relnamespace = to_regnamespace(quote_ident(${schema})) and parent.relname = ${table}
      and i.inhdetachpending`)
  for (const { name } of detaching) await tx.execute(sql`drop table ${qualified(schema, name)}`)
}

/** `"a" text`, quoted. */
export function definition(column: Column): SQL {
  return sql`${sql.identifier(column.name)} ${sql.raw(column.type)}`
}

async function relations(db: Queryable, schema: string, kind: 'p' | 'r'): Promise<string[]> {
  const rows = await db.execute<{ relname: string }>(sql`select relname from pg_class
    where relnamespace = to_regnamespace(quote_ident(${schema})) and relkind = ${kind} order by relname`)
  return rows.map((row) => row.relname)
}

const TYPES: Readonly<Record<string, ColumnType>> = { int4: 'integer', int8: 'bigint', bool: 'boolean' }
const COLUMN_TYPES: ReadonlySet<string> = new Set<ColumnType>([
  'text',
  'boolean',
  'integer',
  'bigint',
  'numeric',
  'timestamptz',
  'jsonb',
])

/** A partitioned table's columns in their order, without `snapshot_id`. */
async function columnTypes(db: Queryable, schema: string, table: string): Promise<Map<string, ColumnType>> {
  const rows = await db.execute<{ name: string; type: string }>(sql`
    select a.attname as name, t.typname as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where c.relnamespace = to_regnamespace(quote_ident(${schema})) and c.relname = ${table}
      and a.attnum > 0 and not a.attisdropped and a.attname <> 'snapshot_id'
    order by a.attnum`)
  return new Map(rows.map(({ name, type }) => [name, columnType(type)]))
}

function columnType(typname: string): ColumnType {
  const name = TYPES[typname] ?? typname
  if (!isColumnType(name)) throw new TypeError(`a snapshot table has a column of type ${typname}, which is not ours`)
  return name
}

function isColumnType(name: string): name is ColumnType {
  return COLUMN_TYPES.has(name)
}
