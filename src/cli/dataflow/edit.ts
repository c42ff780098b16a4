import { editInput, parseInput } from '../../dataflow/input.ts'
import { AskError } from '../../errors.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { type DataflowOptions, settingsFrom } from './options.ts'
import { printDataflow, printHiddenTables, printTrustPolicy } from './report.ts'
import { printTreatmentChange, printTreatmentHint } from './treatmentReport.ts'
import { ifVersion, type VersionOption } from './version.ts'

interface EditOptions extends DataflowOptions, VersionOption {
  /** A reason, or true without one. */
  readonly pause?: string | true
  readonly resume?: boolean
}

/** `dataflow edit`. */
export async function edit({ config, output }: CommandContext, name: string, options: EditOptions): Promise<void> {
  const body = parseInput(editInput, { ...(await settingsFrom(options, config)), ...pauseFrom(options) })
  if (Object.keys(body).length === 0) {
    throw new AskError('bad-input', 'There is nothing to change.', 'See `poolkeeper dataflow edit --help`.')
  }
  const { before, after } = await withOperations(config, async (perform) => ({
    before: await perform('showDataflow', { name }),
    after: await perform('editDataflow', { name, ...ifVersion(options), body }),
  }))
  if (options.json) return output.json(after)
  printDataflow(output, after)
  printHiddenTables(output, before, after)
  if (body.treatments) printTreatmentChange(output, after)
  if (body.treatments || body.tables) printTreatmentHint(output, after)
  if (body.credentials) printTrustPolicy(output, after)
}

function pauseFrom({ pause, resume }: EditOptions) {
  if (pause && resume) throw new AskError('bad-input', 'Give only one of --pause and --resume.')
  if (resume) return { paused: false }
  return pause ? { paused: true, ...(pause !== true && { pauseReason: pause }) } : {}
}
