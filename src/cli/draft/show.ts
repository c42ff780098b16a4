import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { printDraft, printPolicies } from './report.ts'

interface ShowOptions {
  readonly json?: boolean
}

/** `draft list`. */
export async function list({ config, output }: CommandContext, { json }: ShowOptions): Promise<void> {
  const { items } = await withOperations(config, (perform) => perform('listDrafts', {}))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('You have no drafts. Begin one with `poolkeeper draft create`.')
  output.table(
    ['Draft', 'Name', 'Pool', 'Changed'],
    items.map(({ id, answers, updatedAt }) => [String(id), answers.name ?? '–', answers.poolId ?? '–', updatedAt]),
  )
}

/** `draft show`. */
export async function show({ config, output }: CommandContext, draft: number, { json }: ShowOptions): Promise<void> {
  const found = await withOperations(config, (perform) => perform('showDraft', { draft }))
  if (json) return output.json(found)
  printDraft(output, found)
  printPolicies(output, found)
}
