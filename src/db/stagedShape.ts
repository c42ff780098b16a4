import type { Column, TableShape } from './table.ts'

/** Beside the fingerprints: the day on which each was last changed, for the catalogue's first and last change. */
const CHANGED_ON: Column = {
  name: 'changed_on',
  type: 'timestamptz',
  comment: 'The UTC day of the last change',
}

/**
 * What a table looks like while it is staged. Fingerprints stand in columns of the same names, with the day of the last
 * change beside them and never its time: a list of people's exact times would be personal data, even without a name.
 */
export function stagedShape(shape: TableShape): TableShape {
  if (shape.holds !== 'fingerprints') return shape
  const columns = shape.columns.map((column) => ({ ...column, type: 'bigint' as const }))
  if (!shape.newest) return { ...shape, columns }
  return { ...shape, columns: [...columns, CHANGED_ON], newest: CHANGED_ON.name }
}
