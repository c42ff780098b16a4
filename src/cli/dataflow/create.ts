import { createDataflow } from '../../dataflow/create.ts'
import { createInput, parseInput } from '../../dataflow/input.ts'
import { overviewOf } from '../../dataflow/overview.ts'
import { type CommandContext, withDatabase } from '../context.ts'
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
  const settings = parseInput(createInput, { name, ...(await settingsFrom(options, config)) })
  await withDatabase(config, async (db, { keys }) => {
    const dataflow = await createDataflow(db, keys, settings)
    const overview = await overviewOf(db, dataflow)
    if (options.json) return output.json(overview)
    printDataflow(output, overview)
    printTreatmentHint(output, dataflow)
    printTrustPolicy(output, dataflow)
    output.line()
    output.line(`Next, see whether Cognito lets it in: \`poolkeeper connect ${dataflow.name}\``)
  })
}
