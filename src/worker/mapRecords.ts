import { sourceTable } from '../cognito/catalogue.ts'
import { fingerprinted, fingerprintsOf } from '../cognito/fingerprint.ts'
import type { Mapped } from '../cognito/sourceTable.ts'
import { withTreatments } from '../cognito/treatRows.ts'
import type { Row, TableShape } from '../db/table.ts'
import type { Reject } from '../snapshot/stage.ts'
import type { WorkContext } from './context.ts'
import { fingerprintKey } from './fingerprintKey.ts'

/** How records become what is staged. Treatments come first, so that the catalogue tells of what a row would hold. */
export function rowMapper(context: WorkContext, shape: TableShape): (record: unknown) => Mapped {
  const { hashKey, dataflow } = context
  const toRow = withTreatments(sourceTable(shape.table).rowMapper(shape), shape, hashKey)
  if (shape.holds !== 'fingerprints') return toRow
  return fingerprinted(toRow, shape, fingerprintsOf(fingerprintKey(context, shape), dataflow.id))
}

/** What became of records. */
export interface Batch {
  readonly rows: readonly Row[]
  readonly rejects: readonly Reject[]
  readonly warnings: number
}

export const NOTHING: Batch = { rows: [], rejects: [], warnings: 0 }

export function mapRecords(records: readonly unknown[], toRow: (record: unknown) => Mapped): Batch {
  const rows: Row[] = []
  const rejects: Reject[] = []
  let warnings = 0
  for (const record of records) {
    const mapped = toRow(record)
    if ('row' in mapped) {
      rows.push(mapped.row)
      warnings += mapped.warnings
    } else {
      rejects.push({ reason: mapped.reject, record: mapped.record })
      warnings += 1
    }
  }
  return { rows, rejects, warnings }
}
