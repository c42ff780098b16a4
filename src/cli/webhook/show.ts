import type { Output as Answer } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { listed } from '../listed.ts'
import { withOperations } from '../operations.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `webhook list`. */
export async function list({ config, output }: CommandContext, { json }: JsonOption): Promise<void> {
  const { items } = await withOperations(config, (perform) => perform('listWebhooks', {}))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('No webhooks yet. Make one with `poolkeeper webhook create NAME`.')
  output.table(HEAD, items.map(cells))
}

/** `webhook show`. */
export async function show({ config, output }: CommandContext, id: number, { json }: JsonOption): Promise<void> {
  const webhook = await withOperations(config, (perform) => perform('showWebhook', { webhook: id }))
  if (json) output.json(webhook)
  else output.table(HEAD, [cells(webhook)])
}

const HEAD = ['Webhook', 'Name', 'Host', 'Format', 'Events', 'Dataflows', 'Made by', 'Made']

function cells(webhook: Answer<'showWebhook'>): (string | number)[] {
  const { id, name, host, format, events, dataflows, createdBy, createdAt } = webhook
  return [id, name, host, format, events.join('\n'), dataflows?.join('\n') ?? 'all', createdBy, minute(createdAt)]
}

/** `webhook deliveries`. */
export async function deliveries(
  { config, output }: CommandContext,
  id: number,
  { limit, json }: JsonOption & { readonly limit: number },
): Promise<void> {
  const items = await withOperations(config, (perform) => listed(perform, 'listDeliveries', { webhook: id }, limit))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('It was told nothing yet.')
  output.table(
    ['Delivery', 'Event', 'Dataflow', 'Run', 'State', 'Attempts', 'Outcome', 'Since', 'Next'],
    items.map(({ state, dueAt, ...item }) => [
      ...[item.id, item.event, item.dataflow ?? '', item.run ?? '', state, item.attempts, item.outcome ?? ''],
      ...[minute(item.createdAt), state === 'waiting' ? minute(dueAt) : ''],
    ]),
  )
}

const minute = (at: string) => at.replace('T', ' ').slice(0, 16)
