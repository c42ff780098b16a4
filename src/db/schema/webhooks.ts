import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytea, identity, instant, poolkeeper } from './columns.ts'

/** What a webhook can be told of. */
export type AlertEvent = 'run.failed' | 'run.held' | 'run.recovered' | 'dataflow.late' | 'quota.throttled'

export const webhooks = poolkeeper.table(
  'webhooks',
  {
    id: identity(),
    name: text().notNull(),
    format: text().$type<'json' | 'slack'>().notNull(),
    events: jsonb().$type<readonly AlertEvent[]>().notNull(),
    /** The ids of the dataflows that it is told of; null: all of them, and the quotas. */
    dataflows: jsonb().$type<readonly number[]>(),
    /** The address's host, which may be shown; the rest of an address is often the secret itself (Slack's is). */
    host: text().notNull(),
    /** {url, secret} sealed under the key `keyId`: see `src/dataflow/seal.ts`. */
    sealed: bytea().notNull(),
    keyId: text('key_id').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [check('webhooks_format', sql`${table.format} in ('json', 'slack')`)],
)

/** Each event for each webhook that wants it. The outbox as well: one that is due and not dispatched wants a job. */
export const webhookDeliveries = poolkeeper.table(
  'webhook_deliveries',
  {
    id: identity(),
    webhookId: bigint('webhook_id', { mode: 'number' })
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    event: text().$type<AlertEvent | 'test'>().notNull(),
    /** What is told, without the form: ids, names of ours, figures, causes. No personal data. */
    payload: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    state: text().$type<'waiting' | 'delivered' | 'given-up'>().notNull().default('waiting'),
    attempts: integer().notNull().default(0),
    dueAt: instant('due_at').notNull().defaultNow(),
    dispatchedAt: instant('dispatched_at'),
    /** What the last attempt came to: `HTTP 500`, `ECONNREFUSED`. */
    outcome: text(),
    createdAt: instant('created_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('webhook_deliveries_waiting').on(table.dueAt).where(sql`${table.state} = 'waiting'`),
    index('webhook_deliveries_of').on(table.webhookId, table.id),
  ],
)

/** What lasts and has been told of, so that it is told once: a dataflow that is late, a quota that is throttled hard. */
export const alerts = poolkeeper.table(
  'alerts',
  {
    event: text().$type<AlertEvent>().notNull(),
    /** What it is about: a dataflow's id, a quota's key. */
    subject: text().notNull(),
    since: instant('since').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.event, table.subject] })],
)
