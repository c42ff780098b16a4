import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { printQuotas } from './report.ts'

interface QuotaOptions {
  readonly watch?: boolean
  readonly json?: boolean
}

/** `quota`. */
export async function show({ config, output }: CommandContext, { watch, json }: QuotaOptions): Promise<void> {
  await withOperations(config, async (perform) => {
    do {
      const report = await perform('showQuotas', {})
      if (watch) clearScreen()
      if (json) output.json(report)
      else printQuotas(output, report)
    } while (watch)
  })
}

function clearScreen(): void {
  if (process.stderr.isTTY) process.stderr.write('\u001b[H\u001b[2J')
}
