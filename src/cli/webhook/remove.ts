import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'

/** `webhook remove`. */
export async function remove(
  { config, output }: CommandContext,
  id: number,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const webhook = await withOperations(config, (perform) => perform('removeWebhook', { webhook: id }))
  if (json) output.json(webhook)
  else output.line(`Webhook ${webhook.id}, ${webhook.name}, is told nothing any more.`)
}
