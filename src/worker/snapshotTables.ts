import type { Database } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import type { Claim } from '../run/tasks.ts'
import { compareTable, type TableChange } from '../snapshot/compare.ts'
import { finishTable } from '../snapshot/finish.ts'
import { cataloguedRows, catalogueTable, isCatalogued } from '../snapshot/privacyCatalogue.ts'
import { REJECTED_ROWS } from '../snapshot/tables.ts'
import type { WorkContext } from './context.ts'

/** What a publish does to the tables of its snapshot. */

/** Finishes the tables that were read, and what was kept aside. */
export async function finishTables(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
): Promise<void> {
  const read = shapes.filter(({ holds }) => holds !== 'catalogue')
  for (const shape of [...read, REJECTED_ROWS]) await finishTable(db, { dataflow, snapshotId: run.id, shape })
}

/** Catalogues the finished tables whose purpose wants it, and finishes the privacy tables, which are whole by then. */
export async function catalogueTables(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
): Promise<void> {
  const targets = shapes.map((shape) => ({ dataflow, snapshotId: run.id, shape }))
  for (const target of targets.filter(({ shape }) => isCatalogued(shape))) await catalogueTable(db, target)
  for (const target of targets.filter(({ shape }) => shape.holds === 'catalogue')) await finishTable(db, target)
}

/** Compares the tables of rows with what readers see now. The privacy tables are derived from them and change with them. */
export async function compareTables(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
  from: number | null,
): Promise<TableChange[]> {
  const changes: TableChange[] = []
  for (const shape of shapes.filter(({ holds }) => !holds)) {
    changes.push(await compareTable(db, dataflow, shape, { from, to: run.id }))
  }
  return changes
}

/** Of a table that is only catalogued it is known how many rows the pool has, and not which of them are new. */
export async function countCatalogued(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  shapes: readonly TableShape[],
): Promise<TableChange[]> {
  const changes: TableChange[] = []
  for (const shape of shapes.filter(({ holds }) => holds === 'fingerprints')) {
    const rows = (await cataloguedRows(db, { dataflow, snapshotId: run.id, shape })) ?? 0
    changes.push({ table: shape.table, rows, added: 0, removed: 0, changed: 0 })
  }
  return changes
}
