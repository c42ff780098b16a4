import type { Row, Treatment } from '../db/table.ts'
import type { SourceShape } from './columns.ts'
import type { SourceTable } from './sourceTable.ts'
import { withTreatments } from './treatRows.ts'
import { type Treatments, treatShape } from './treatShape.ts'

/** As many rows as a preview shows of a table. */
export const SAMPLE_ROWS = 10

/**
 * Records as the rows that anybody may look at: what tells of a person is masked at the least, and what is to be hashed
 * is left out, because whoever looks has no key. Records that could not become rows are left out as well.
 */
export function sampleRows(
  table: SourceTable,
  shape: SourceShape,
  treatments: Treatments,
  records: readonly unknown[],
): Row[] {
  const shown = treatShape(shape, Object.fromEntries(treatmentsToShow(shape, treatments)), undefined)
  const toRow = withTreatments(table.rowMapper(shown), shown, undefined)
  return records.flatMap((record) => {
    const mapped = toRow(record)
    return 'row' in mapped ? [mapped.row] : []
  })
}

function treatmentsToShow({ columns }: SourceShape, treatments: Treatments): [string, Treatment][] {
  return columns.flatMap(({ name, personal }) => {
    const treatment = treatments[name] ?? (personal === 'none' ? undefined : 'mask')
    return treatment ? [[name, treatment === 'hash' ? 'drop' : treatment]] : []
  })
}
