import { sourceTable } from '../cognito/catalogue.ts'
import type { PoolAttribute } from '../cognito/describe.ts'
import type { TableChoice } from '../db/schema/dataflows.ts'
import type { TableShape } from '../db/table.ts'
import { isCatalogued } from '../snapshot/privacyCatalogue.ts'
import { PRIVACY_COLUMNS, PRIVACY_TABLES } from '../snapshot/privacyTables.ts'
import { isShown } from '../snapshot/tables.ts'

/**
 * The tables that a dataflow fills: those that were chosen, each as its purpose wants it, and the privacy tables if any
 * of them is to be catalogued.
 * @param attributes the pool's; null while it has not been described: the columns that every pool has.
 */
export function shapesOf(tables: readonly TableChoice[], attributes: readonly PoolAttribute[] | null): TableShape[] {
  const shapes = tables.map((choice) => shapeOf(choice, attributes))
  return shapes.some(isCatalogued) ? [...shapes, PRIVACY_COLUMNS, PRIVACY_TABLES] : shapes
}

/** The names of the views that a dataflow has: a table that is only catalogued has none of its own. */
export function viewsOf(tables: readonly TableChoice[]): string[] {
  return shapesOf(tables, null)
    .filter(isShown)
    .map(({ table }) => table)
}

function shapeOf({ source, purpose }: TableChoice, attributes: readonly PoolAttribute[] | null): TableShape {
  const shape = { ...sourceTable(source).shape(attributes), purpose }
  return purpose === 'Privacy-Metadata' ? { ...shape, holds: 'fingerprints' } : shape
}
