import { createInterface } from 'node:readline/promises'
import type { Call } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { ask, canAsk } from '../prompt.ts'

type Body = Call<'createWebhook'>['body']

interface CreateOptions extends Pick<Body, 'format'> {
  readonly url?: string
  readonly event?: Body['events']
  readonly dataflow?: readonly string[]
  readonly json?: boolean
}

/** `webhook create`. */
export async function create(
  { config, output }: CommandContext,
  name: string,
  { url, format, event, dataflow, json }: CreateOptions,
): Promise<void> {
  const body = {
    name,
    url: url ?? (await askForUrl()),
    format,
    events: event,
    dataflows: dataflow ? [...dataflow] : null,
  }
  const webhook = await withOperations(config, (perform) => perform('createWebhook', { body }))
  if (json) return output.json(webhook)
  output.line(`Webhook ${webhook.id}, ${webhook.name}: ${webhook.host} is told of ${webhook.events.join(', ')}.`)
  if (webhook.secret !== null) {
    output.line('Its requests are signed with this secret, which is shown this once:')
    output.line(webhook.secret)
  }
  output.line(`Try it out: \`poolkeeper webhook test ${webhook.id}\`.`)
}

async function askForUrl(): Promise<string> {
  if (canAsk()) return ask('Its address: ', { hidden: true })
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) return line.trim()
  return ''
}
