import { setTimeout as pause } from 'node:timers/promises'
import type { Output as Answer } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { Unsuccessful } from '../exitCode.ts'
import { type Perform, withOperations } from '../operations.ts'

const EVERY_MS = 250

/** An attempt takes ten seconds at most, once a scheduler and a worker have taken it. */
const PATIENCE_MS = 20_000

type Delivery = Answer<'testWebhook'>

/** `webhook test`. */
export async function tryOut(
  { config, output }: CommandContext,
  id: number,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const delivery = await withOperations(config, async (perform) =>
    firstOutcome(perform, id, await perform('testWebhook', { webhook: id })),
  )
  if (json) output.json(delivery)
  if (delivery.state !== 'delivered') throw new Unsuccessful(endingOf(delivery))
  if (!json) output.line(`Delivered: ${delivery.outcome}.`)
}

/** The delivery after its first attempt, or as it stands when nobody has made one. */
async function firstOutcome(perform: Perform, webhook: number, requested: Delivery): Promise<Delivery> {
  const end = performance.now() + PATIENCE_MS
  let delivery = requested
  while (delivery.outcome === null && performance.now() < end) {
    await pause(EVERY_MS)
    const { items } = await perform('listDeliveries', { webhook })
    delivery = items.find(({ id }) => id === requested.id) ?? delivery
  }
  return delivery
}

function endingOf({ outcome }: Delivery): string {
  return outcome === null
    ? 'Nobody has delivered the test yet. Check that a scheduler and a worker run: `poolkeeper doctor`.'
    : `The test was not taken: ${outcome}. It is tried again by itself.`
}
