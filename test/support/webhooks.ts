import { createWebhook, type NewWebhook } from '../../src/alert/webhooks.ts'
import type { Database } from '../../src/db/database.ts'
import type { AlertEvent } from '../../src/db/schema/webhooks.ts'
import { webhookDeliveries } from '../../src/db/schema/webhooks.ts'
import { freshKeys } from '../dataflow/keys.ts'

export const EVERY_EVENT: readonly AlertEvent[] = [
  ...(['run.failed', 'run.held', 'run.recovered', 'dataflow.late', 'quota.throttled'] as const),
]

/** One for all: a database whose secrets are sealed under different keys takes no more of them. */
const KEYS = freshKeys()

/** A webhook that is told of everything, with what a test wants otherwise. */
export function aWebhook(db: Database, wanted: Partial<NewWebhook> = {}, keys = KEYS) {
  const url = 'https://hooks.example.com/T0/B0/x'
  const all = { name: 'on-call', url, format: 'json', events: EVERY_EVENT, dataflows: null, createdBy: 'ana' } as const
  return db.transaction((tx) => createWebhook(tx, keys, { ...all, ...wanted }))
}

/** What webhooks are to be told, in order. */
export function allDeliveries(db: Database) {
  return db.select().from(webhookDeliveries).orderBy(webhookDeliveries.id)
}
