import type { CommandContext } from '../context.ts'
import { refuseFaults } from '../faults.ts'
import { withOperations } from '../operations.ts'
import { printPreview } from './report.ts'

interface PreviewOptions {
  readonly json?: boolean
}

/** `preview`. */
export async function preview(
  { config, output }: CommandContext,
  name: string,
  { json }: PreviewOptions,
): Promise<void> {
  const found = await withOperations(config, (perform) => perform('previewRun', { name }))
  if (json) output.json(found)
  else printPreview(output, found)
  refuseFaults(found.checks)
}
