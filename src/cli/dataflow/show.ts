import type { Call } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { listed } from '../listed.ts'
import { withOperations } from '../operations.ts'
import { printDataflow, printOverviews } from './report.ts'

interface ShowOptions {
  readonly json?: boolean
}

type ListOptions = Call<'listDataflows'> & ShowOptions

/** `dataflow list`. What was typed is judged by the contract. */
export async function list({ config, output }: CommandContext, { json, ...look }: ListOptions): Promise<void> {
  const dataflows = await withOperations(config, (perform) => listed(perform, 'listDataflows', look))
  if (json) output.json(dataflows)
  else if (dataflows.length > 0) printOverviews(output, dataflows)
  else if (Object.keys(look).length > 0) output.line('No dataflow is like that.')
  else output.line('No dataflows yet. Make one with `poolkeeper dataflow create NAME --pool-id ID`.')
}

/** `dataflow show`. */
export async function show({ config, output }: CommandContext, name: string, { json }: ShowOptions): Promise<void> {
  const dataflow = await withOperations(config, (perform) => perform('showDataflow', { name }))
  if (json) output.json(dataflow)
  else printDataflow(output, dataflow)
}
