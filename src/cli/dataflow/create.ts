import { createInput, parseInput } from '../../dataflow/input.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { type DataflowOptions, settingsFrom } from './options.ts'
import { printDataflow, printTrustPolicy } from './report.ts'
import { printTreatmentHint } from './treatmentReport.ts'

/** `dataflow create`. */
export async function create(
  { config, output }: CommandContext,
  name: string,
  options: DataflowOptions,
): Promise<void> {
  // Judged before anything is connected to, so that a typing error is told at once.
  const body = parseInput(createInput, { name, ...(await settingsFrom(options, config)) })
  const dataflow = await withOperations(config, (perform) => perform('createDataflow', { body }))
  if (options.json) return output.json(dataflow)
  printDataflow(output, dataflow)
  printTreatmentHint(output, dataflow)
  printTrustPolicy(output, dataflow)
  output.line()
  output.line(`Next, see whether Cognito lets it in: \`poolkeeper connect ${dataflow.name}\``)
}
