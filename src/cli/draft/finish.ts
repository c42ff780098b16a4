import type { CommandContext } from '../context.ts'
import { printDataflow, printTrustPolicy } from '../dataflow/report.ts'
import { refuseFaults } from '../faults.ts'
import { withOperations } from '../operations.ts'
import { printPreview } from '../preview/report.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `draft connect`. What is missing for tables that were not chosen is no fault. */
export async function connect({ config, output }: CommandContext, draft: number, { json }: JsonOption): Promise<void> {
  const found = await withOperations(config, (perform) => perform('connectDraft', { draft }))
  if (json) output.json(found)
  else printPreview(output, { ...found, tables: found.tables.map((table) => ({ ...table, sample: [] })) })
  refuseFaults(found.checks.filter(({ table }) => table === null))
}

/** `draft save`. */
export async function save({ config, output }: CommandContext, draft: number, { json }: JsonOption): Promise<void> {
  const dataflow = await withOperations(config, (perform) => perform('saveDraft', { draft }))
  if (json) return output.json(dataflow)
  printDataflow(output, dataflow)
  printTrustPolicy(output, dataflow)
}

/** `draft discard`. */
export async function discard({ config, output }: CommandContext, draft: number, { json }: JsonOption): Promise<void> {
  const { discarded } = await withOperations(config, (perform) => perform('discardDraft', { draft }))
  if (json) output.json({ discarded })
  else output.line(`Draft ${discarded} is gone, with the secret that was in it.`)
}
