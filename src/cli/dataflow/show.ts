import type { CommandContext } from '../context.ts'
import { listed } from '../listed.ts'
import { withOperations } from '../operations.ts'
import { printDataflow, printOverviews } from './report.ts'

interface ShowOptions {
  readonly json?: boolean
}

/** `dataflow list`. */
export async function list({ config, output }: CommandContext, { json }: ShowOptions): Promise<void> {
  const dataflows = await withOperations(config, (perform) => listed(perform, 'listDataflows', {}))
  if (json) output.json(dataflows)
  else if (dataflows.length > 0) printOverviews(output, dataflows)
  else output.line('No dataflows yet. Make one with `poolkeeper dataflow create NAME --pool-id ID`.')
}

/** `dataflow show`. */
export async function show({ config, output }: CommandContext, name: string, { json }: ShowOptions): Promise<void> {
  const dataflow = await withOperations(config, (perform) => perform('showDataflow', { name }))
  if (json) output.json(dataflow)
  else printDataflow(output, dataflow)
}
