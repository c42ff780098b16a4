import type { PoolDescription } from '../cognito/describe.ts'
import { treatShape } from '../cognito/treatShape.ts'
import { shapesOf } from '../dataflow/shapes.ts'
import type { TableShape } from '../db/table.ts'
import { commentTables } from '../snapshot/comments.ts'
import { withLockTimeout } from '../snapshot/locks.ts'
import { widenTables } from '../snapshot/tables.ts'
import type { WorkContext } from './context.ts'
import { fingerprintKey } from './fingerprintKey.ts'

/**
 * Prepares a dataflow's tables for a pool as it is now: with the columns that its schema has gained, and with comments
 * that say what is in them and how it is treated.
 * @returns their shapes: with the types that stand, and treatments marked
 * @throws WaitError 'table-locked' as `widenTables`, GiveUpError 'bad-configuration' as `treatShape` and `fingerprintKey`
 */
export async function prepareTables(context: WorkContext, { attributes }: PoolDescription): Promise<TableShape[]> {
  const { db, dataflow, hashKey } = context
  const standing = await widenTables(db, dataflow, shapesOf(dataflow.tables, attributes))
  const treatments = new Map(dataflow.tables.map((choice) => [choice.source, choice.treatments]))
  const treated = standing.map((shape) => treatShape(shape, treatments.get(shape.table), hashKey))
  const shapes = treated.map((shape) => keyed(shape, context))
  await withLockTimeout(db, (tx) => commentTables(tx, dataflow, shapes, { described: true }))
  return shapes
}

/** Fingerprints of two keys are different ones: a retry with another key reads everything anew. */
function keyed(shape: TableShape, context: WorkContext): TableShape {
  return shape.holds === 'fingerprints' ? { ...shape, hashKey: fingerprintKey(context, shape).id } : shape
}
