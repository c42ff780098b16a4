import { type Dataflow, findDataflow } from '../dataflow/dataflow.ts'
import { shapesOf } from '../dataflow/shapes.ts'
import type { TableShape } from '../db/table.ts'
import { AskError } from '../errors.ts'
import { findReadable, type ReadableSnapshot } from '../snapshot/readable.ts'
import { isShown } from '../snapshot/tables.ts'
import type { OperationContext } from './context.ts'

/** A table that somebody may read. */
export interface OpenTable {
  readonly dataflow: Dataflow
  /** Null before the first import: then it is empty. */
  readonly snapshot: ReadableSnapshot | null
  readonly shape: TableShape
}

export interface TableName {
  readonly schema: string
  readonly table: string
}

/**
 * @param snapshotId that of the page before; left out, the one that is published
 * @throws AskError 'not-found' for a table that is not there, or not for this caller; 'changed-meanwhile'
 */
export async function openTable(
  { db, caller }: Pick<OperationContext, 'db' | 'caller'>,
  { schema, table }: TableName,
  snapshotId?: number,
): Promise<OpenTable> {
  const dataflow = await findDataflow(db, schema, caller.dataflows)
  const snapshot = await findReadable(db, dataflow.id, snapshotId)
  if (!snapshot && snapshotId !== undefined) throw gone()
  const shapes = tablesOf(dataflow, snapshot)
  const shape = shapes.find((one) => one.table === table)
  if (shape) return { dataflow, snapshot, shape }
  const names = shapes.map((one) => one.table).join(', ')
  throw new AskError('not-found', `${dataflow.name} has no table ${table}.`, `It has ${names}.`)
}

/** The tables that can be read; before the first import those that it will bring. */
export function tablesOf({ tables }: Pick<Dataflow, 'tables'>, snapshot: ReadableSnapshot | null): TableShape[] {
  return (snapshot?.tables ?? shapesOf(tables, null)).filter(isShown)
}

function gone(): AskError {
  return new AskError(
    'changed-meanwhile',
    'The import that you were reading is gone.',
    'Read from the beginning again.',
  )
}
