import { sourceTable } from '../cognito/catalogue.ts'
import type { PoolDescription } from '../cognito/describe.ts'
import { treatShape } from '../cognito/treatShape.ts'
import type { TableShape } from '../db/table.ts'
import { commentTables } from '../snapshot/comments.ts'
import { withLockTimeout } from '../snapshot/locks.ts'
import { widenTables } from '../snapshot/tables.ts'
import type { WorkContext } from './context.ts'

/**
 * Prepares a dataflow's tables for a pool as it is now: with the columns that its schema has gained, and with comments
 * that say what is in them and how it is treated.
 * @returns their shapes: with the types that stand, and treatments marked
 * @throws WaitError 'table-locked' as `widenTables`, GiveUpError 'bad-configuration' as `treatShape`
 */
export async function prepareTables(
  { db, dataflow, hashKey }: WorkContext,
  { attributes }: PoolDescription,
): Promise<TableShape[]> {
  const wanted = dataflow.tables.map(({ source, purpose }) => ({ ...sourceTable(source).shape(attributes), purpose }))
  const standing = await widenTables(db, dataflow, wanted)
  const treatments = new Map(dataflow.tables.map((choice) => [choice.source, choice.treatments]))
  const shapes = standing.map((shape) => treatShape(shape, treatments.get(shape.table), hashKey))
  await withLockTimeout(db, (tx) => commentTables(tx, dataflow, shapes, { described: true }))
  return shapes
}
