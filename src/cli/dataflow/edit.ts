import { findDataflow } from '../../dataflow/dataflow.ts'
import { editDataflow } from '../../dataflow/edit.ts'
import { editInput, parseInput } from '../../dataflow/input.ts'
import { overviewOf } from '../../dataflow/overview.ts'
import { AskError } from '../../errors.ts'
import { type CommandContext, withDatabase } from '../context.ts'
import { type DataflowOptions, settingsFrom } from './options.ts'
import { printDataflow, printHiddenTables, printTrustPolicy } from './report.ts'
import { printTreatmentChange, printTreatmentHint } from './treatmentReport.ts'

interface EditOptions extends DataflowOptions {
  /** A reason, or true without one. */
  readonly pause?: string | true
  readonly resume?: boolean
}

/** `dataflow edit`. */
export async function edit({ config, output }: CommandContext, name: string, options: EditOptions): Promise<void> {
  const patch = parseInput(editInput, { ...(await settingsFrom(options, config)), ...pauseFrom(options) })
  if (Object.keys(patch).length === 0) {
    throw new AskError('bad-input', 'There is nothing to change.', 'See `poolkeeper dataflow edit --help`.')
  }
  await withDatabase(config, async (db, { keys }) => {
    const before = await findDataflow(db, name)
    const dataflow = await editDataflow(db, keys, name, patch)
    const overview = await overviewOf(db, dataflow)
    if (options.json) return output.json(overview)
    printDataflow(output, overview)
    printHiddenTables(output, before, dataflow)
    if (patch.treatments) printTreatmentChange(output, dataflow)
    if (patch.treatments || patch.tables) printTreatmentHint(output, dataflow)
    if (patch.credentials) printTrustPolicy(output, dataflow)
  })
}

function pauseFrom({ pause, resume }: EditOptions) {
  if (pause && resume) throw new AskError('bad-input', 'Give only one of --pause and --resume.')
  if (resume) return { paused: false }
  return pause ? { paused: true, ...(pause !== true && { pauseReason: pause }) } : {}
}
