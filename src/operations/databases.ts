import { type Dataflow, findDataflow, listDataflows } from '../dataflow/dataflow.ts'
import type { Queryable } from '../db/database.ts'
import type { Column, TableShape } from '../db/table.ts'
import { findAllReadable, type ReadableSnapshot } from '../snapshot/readable.ts'
import { type TableSizes, tableSizes } from '../snapshot/sizes.ts'
import type { Handler } from './context.ts'
import { openTable, tablesOf } from './openTable.ts'
import { pageOf } from './page.ts'
import { isMasked } from './shownRows.ts'

export const listDatabases: Handler<'listDatabases'> = async ({ db, caller }, { search, limit, cursor: after }) => {
  const { items, next } = await pageOf(
    limit,
    (most) => listDataflows(db, caller.dataflows, { search, after, limit: most }),
    ({ name }) => name,
  )
  return { items: await describeDatabases(db, items), next }
}

export const showDatabase: Handler<'showDatabase'> = async ({ db, caller }, { schema }) => {
  const [database] = await describeDatabases(db, [await findDataflow(db, schema, caller.dataflows)])
  if (!database) throw new TypeError('a dataflow that was found has no database')
  return database
}

export const showTable: Handler<'showTable'> = async (context, input) => {
  const { dataflow, snapshot, shape } = await openTable(context, input)
  const sizes = await sizesOf(context.db, [{ dataflow, snapshot, tables: [shape] }])
  return {
    ...describePublished(dataflow, snapshot),
    ...describeTable(shape, sizes(snapshot)),
    key: shape.key,
    columns: shape.columns.map((column) => ({ ...describeColumn(column), masked: isMasked(column, context.caller) })),
  }
}

/** With as many statements for a hundred of them as for one. */
async function describeDatabases(db: Queryable, dataflows: readonly Dataflow[]) {
  const readable = await findAllReadable(
    db,
    dataflows.map(({ id }) => id),
  )
  const databases = dataflows.map((dataflow) => {
    const snapshot = readable.get(dataflow.id) ?? null
    return { dataflow, snapshot, tables: tablesOf(dataflow, snapshot) }
  })
  const sizes = await sizesOf(db, databases)
  return databases.map(({ dataflow, snapshot, tables }) => ({
    ...describePublished(dataflow, snapshot),
    tables: tables.map((shape) => describeTable(shape, sizes(snapshot))),
  }))
}

interface Described {
  readonly dataflow: Dataflow
  /** Null before the first import. */
  readonly snapshot: ReadableSnapshot | null
  readonly tables: readonly TableShape[]
}

/** @returns what tells the sizes of a snapshot's tables: none before the first import */
async function sizesOf(db: Queryable, described: readonly Described[]) {
  const sized = described.flatMap(({ dataflow, snapshot, tables }) =>
    snapshot ? [{ dataflow, id: snapshot.id, tables }] : [],
  )
  const found = await tableSizes(db, sized)
  return (snapshot: ReadableSnapshot | null): TableSizes => (snapshot && found.get(snapshot.id)) ?? new Map()
}

function describePublished({ schema, name }: Dataflow, snapshot: ReadableSnapshot | null) {
  return { schema, dataflow: name, snapshot: snapshot?.id ?? null, publishedAt: snapshot?.publishedAt ?? null }
}

function describeTable({ table, comment, purpose }: TableShape, sizes: TableSizes) {
  const { rows = null, bytes = null } = sizes.get(table) ?? {}
  return { table, comment, purpose: purpose ?? null, rows, bytes }
}

function describeColumn({ name, type, comment, field, personal, treatment }: Column) {
  return {
    ...{ name, type, comment },
    field: field ?? null,
    personal: personal ?? ('none' as const),
    treatment: treatment ?? ('keep' as const),
  }
}
