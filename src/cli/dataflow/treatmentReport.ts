import { treatmentHint } from '../../dataflow/treatmentHints.ts'
import type { Output } from '../output.ts'
import type { Dataflow } from './report.ts'

/** What a changed treatment does not reach. */
export function printTreatmentChange(output: Output, { keepSnapshots }: Dataflow): void {
  output.line()
  output.line(
    `The treatments apply from the next run on. The snapshots that are kept, up to ${keepSnapshots}, hold what they held: \`rollback\` shows it again until later imports have replaced them.`,
  )
}

/** What is kept although it tells what is treated elsewhere. */
export function printTreatmentHint(output: Output, { tables }: Dataflow): void {
  const hint = treatmentHint(tables)
  if (hint === undefined) return
  output.line()
  output.line(hint)
}
