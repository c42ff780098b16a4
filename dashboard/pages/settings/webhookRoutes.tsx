import type { Call } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { wordIn } from '../../query.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { allIn, linesIn, textIn } from '../../typed.ts'
import { change, page, type Visit } from '../../visit.ts'
import { EVENTS, NewWebhookPage, type TypedWebhook } from './newWebhook.tsx'
import { WebhookMadePage, WebhookPage } from './webhook.tsx'
import { WebhooksPage } from './webhooks.tsx'

export function webhookRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/settings/webhooks', handlers: page(services, showWebhooks) },
    { method: 'get', path: '/settings/webhooks/new', handlers: page(services, showForm) },
    { method: 'post', path: '/settings/webhooks/new', handlers: change(services, makeWebhook, showFormAgain) },
    { method: 'get', path: '/settings/webhooks/:webhook', handlers: page(services, showWebhook) },
    { method: 'post', path: '/settings/webhooks/:webhook/test', handlers: change(services, testWebhook) },
    { method: 'post', path: '/settings/webhooks/:webhook/remove', handlers: change(services, removeWebhook) },
  ]
}

async function showWebhooks({ around, perform }: Visit) {
  const { items } = await perform('listWebhooks', {})
  return <WebhooksPage webhooks={items} around={around} />
}

async function showWebhook({ around, query, params, perform }: Visit) {
  const which = { webhook: params.webhook ?? '' }
  const cursor = wordIn(query, 'cursor')
  const [webhook, deliveries] = await Promise.all([
    perform('showWebhook', which),
    perform('listDeliveries', { ...which, ...(cursor && { cursor }) }),
  ])
  return <WebhookPage webhook={webhook} deliveries={deliveries} older={cursor !== ''} around={around} />
}

const NOTHING_TYPED: TypedWebhook = { name: '', format: 'json', events: EVENTS.map(({ name }) => name), dataflows: '' }

async function showForm({ around, perform }: Visit) {
  // whoever may not make one is told before they have typed anything
  await perform('listWebhooks', {})
  return <NewWebhookPage typed={NOTHING_TYPED} around={around} />
}

/** The address is typed anew: it is often the secret itself, and no page shows it. */
async function showFormAgain(visit: Visit, problem: AskError) {
  return <NewWebhookPage typed={typedIn(visit)} problem={problem} around={visit.around} />
}

async function makeWebhook(visit: Visit) {
  const { around, form, perform } = visit
  const { name, format, events } = typedIn(visit)
  const dataflows = linesIn(form, 'dataflows')
  const body = { name, format, events, url: textIn(form, 'url').trim(), ...(dataflows.length > 0 && { dataflows }) }
  const { secret, ...webhook } = await perform('createWebhook', { body: body as Call<'createWebhook'>['body'] })
  if (secret === null)
    return { goTo: `/settings/webhooks/${webhook.id}`, notice: `The webhook ${webhook.name} is made.` }
  return { show: <WebhookMadePage webhook={webhook} secret={secret} around={around} /> }
}

async function testWebhook({ params, perform }: Visit) {
  const { webhook } = params
  await perform('testWebhook', { webhook: webhook ?? '' })
  return { goTo: `/settings/webhooks/${webhook}`, notice: 'A test is on its way: below is what becomes of it.' }
}

async function removeWebhook({ params, perform }: Visit) {
  const { name } = await perform('removeWebhook', { webhook: params.webhook ?? '' })
  return { goTo: '/settings/webhooks', notice: `The webhook ${name} is removed.` }
}

function typedIn({ form }: Visit): TypedWebhook {
  return {
    name: textIn(form, 'name'),
    format: textIn(form, 'format'),
    events: allIn(form, 'events'),
    dataflows: textIn(form, 'dataflows'),
  }
}
