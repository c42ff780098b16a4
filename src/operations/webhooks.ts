import { recordAudit } from '../access/audit.ts'
import { listDeliveries as deliveriesOf, requestTest } from '../alert/deliveries.ts'
import {
  createWebhook as create,
  findWebhook,
  listWebhooks as list,
  removeWebhook as remove,
} from '../alert/webhooks.ts'
import { findDataflow } from '../dataflow/dataflow.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const listWebhooks: Handler<'listWebhooks'> = async ({ db }) => ({ items: await list(db), next: null })

export const showWebhook: Handler<'showWebhook'> = ({ db }, { webhook }) => findWebhook(db, webhook)

export const createWebhook: Handler<'createWebhook'> = async ({ db, keys, caller }, { body }) =>
  db.transaction(async (tx) => {
    const named = body.dataflows && (await Promise.all(body.dataflows.map((name) => findDataflow(tx, name))))
    const dataflows = named ? [...new Set(named.map(({ id }) => id))] : null
    const events = [...new Set(body.events)]
    const created = await create(tx, keys, { ...body, events, dataflows, createdBy: caller.name })
    const { id, name, format, host } = created
    const details = { name, format, host, events, dataflows: created.dataflows }
    await recordAudit(tx, caller, { action: 'createWebhook', target: `webhook ${id}`, details })
    return created
  })

export const removeWebhook: Handler<'removeWebhook'> = async (context, { webhook }) =>
  audited(context, { action: 'removeWebhook', target: `webhook ${webhook}` }, (tx) => remove(tx, webhook))

export const testWebhook: Handler<'testWebhook'> = async (context, { webhook }) =>
  audited(context, { action: 'testWebhook', target: `webhook ${webhook}` }, async (tx) => {
    await findWebhook(tx, webhook)
    return requestTest(tx, webhook, context.caller.name)
  })

export const listDeliveries: Handler<'listDeliveries'> = async ({ db }, { webhook, limit, cursor }) => {
  await findWebhook(db, webhook)
  const before = cursor === undefined ? undefined : Number(cursor)
  const items = await deliveriesOf(db, webhook, { limit, before })
  const last = items.length === limit ? items.at(-1) : undefined
  return { items, next: last ? String(last.id) : null }
}
