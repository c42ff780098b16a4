import { type Dataflow, listDataflows } from '../dataflow/dataflow.ts'
import type { Queryable } from '../db/database.ts'
import type { Column, TableShape } from '../db/table.ts'
import { findReadable, type ReadableSnapshot } from '../snapshot/readable.ts'
import { type TableSize, tableSizes } from '../snapshot/sizes.ts'
import type { Handler } from './context.ts'
import { openTable, tablesOf } from './openTable.ts'
import { isMasked } from './shownRows.ts'

export const listDatabases: Handler<'listDatabases'> = async ({ db, caller }) => {
  const dataflows = await listDataflows(db, caller.dataflows)
  return { items: await Promise.all(dataflows.map((dataflow) => describeDatabase(db, dataflow))), next: null }
}

export const showTable: Handler<'showTable'> = async (context, input) => {
  const { dataflow, snapshot, shape } = await openTable(context, input)
  const sizes = await sizesOf(context.db, dataflow, snapshot)
  return {
    ...describePublished(dataflow, snapshot),
    ...describeTable(shape, sizes),
    key: shape.key,
    columns: shape.columns.map((column) => ({ ...describeColumn(column), masked: isMasked(column, context.caller) })),
  }
}

async function describeDatabase(db: Queryable, dataflow: Dataflow) {
  const snapshot = await findReadable(db, dataflow.id)
  const sizes = await sizesOf(db, dataflow, snapshot)
  const tables = tablesOf(dataflow, snapshot).map((shape) => describeTable(shape, sizes))
  return { ...describePublished(dataflow, snapshot), tables }
}

type Sizes = ReadonlyMap<string, TableSize>

async function sizesOf(db: Queryable, dataflow: Dataflow, snapshot: ReadableSnapshot | null): Promise<Sizes> {
  return snapshot ? tableSizes(db, dataflow, snapshot.id) : new Map()
}

function describePublished({ schema, name }: Dataflow, snapshot: ReadableSnapshot | null) {
  return { schema, dataflow: name, snapshot: snapshot?.id ?? null, publishedAt: snapshot?.publishedAt ?? null }
}

function describeTable({ table, comment, purpose }: TableShape, sizes: Sizes) {
  return { table, comment, purpose: purpose ?? null, rows: null, bytes: null, ...sizes.get(table) }
}

function describeColumn({ name, type, comment, field, personal, treatment }: Column) {
  return {
    ...{ name, type, comment },
    field: field ?? null,
    personal: personal ?? ('none' as const),
    treatment: treatment ?? ('keep' as const),
  }
}
