import * as deliveries from '../alert/deliveries.ts'
import type { Webhook } from '../alert/webhooks.ts'
import * as webhooks from '../alert/webhooks.ts'
import { dataflowNames, findDataflow } from '../dataflow/dataflow.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'
import { named } from './grants.ts'
import { pageOf } from './page.ts'

export const listWebhooks: Handler<'listWebhooks'> = async ({ db }) => {
  const [listed, names] = await Promise.all([webhooks.listWebhooks(db), dataflowNames(db)])
  return { items: listed.map((webhook) => named(webhook, names)), next: null }
}

export const showWebhook: Handler<'showWebhook'> = async ({ db }, { webhook }) =>
  named(await webhooks.findWebhook(db, webhook), await dataflowNames(db))

export const createWebhook: Handler<'createWebhook'> = async (context, { body }) => {
  const { db, keys, caller } = context
  const found = body.dataflows && (await Promise.all(body.dataflows.map((name) => findDataflow(db, name))))
  const dataflows = found && [...new Set(found.map(({ id }) => id))]
  const wanted = { ...body, dataflows, events: [...new Set(body.events)], createdBy: caller.name }
  const created = await audited(
    context,
    ({ id, name, format, host, events }: Webhook) => ({
      action: 'createWebhook',
      target: `webhook ${id}`,
      details: { name, format, host, events, dataflows: body.dataflows },
    }),
    (tx) => webhooks.createWebhook(tx, keys, wanted),
  )
  return named(created, await dataflowNames(db))
}

export const removeWebhook: Handler<'removeWebhook'> = async (context, { webhook }) => {
  const removed = await audited(
    context,
    ({ id, name, host }: Webhook) => ({ action: 'removeWebhook', target: `webhook ${id}`, details: { name, host } }),
    (tx) => webhooks.removeWebhook(tx, webhook),
  )
  return named(removed, await dataflowNames(context.db))
}

export const testWebhook: Handler<'testWebhook'> = (context, { webhook }) =>
  audited(context, { action: 'testWebhook', target: `webhook ${webhook}` }, async (tx) => {
    await webhooks.findWebhook(tx, webhook)
    return deliveries.requestTest(tx, webhook, context.caller.name)
  })

export const listDeliveries: Handler<'listDeliveries'> = async ({ db }, { webhook, limit, cursor: before }) => {
  await webhooks.findWebhook(db, webhook)
  const select = (most: number) => deliveries.listDeliveries(db, webhook, { limit: most, before })
  return pageOf(limit, select, ({ id }) => id)
}
