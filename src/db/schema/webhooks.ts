import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytea, identity, instant, poolkeeper } from './columns.ts'

/** What a webhook can be told of. */
export type AlertEvent = 'run.failed' | 'run.held' | 'run.recovered' | 'dataflow.late' | 'quota.throttled'

/** What is told of an event, whatever the form: names of ours, causes, figures. Nobody's data. */
export interface AlertFacts {
  readonly dataflow: string | null
  readonly run: number | null
  /** One word for why, from the causes of runs. */
  readonly cause: string | null
  /** What happened and what to do. */
  readonly description: string | null
  readonly quota: { readonly account: string; readonly region: string; readonly category: string } | null
}

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
    payload: jsonb().$type<AlertFacts>().notNull(),
    state: text().$type<'waiting' | 'delivered' | 'given-up'>().notNull().default('waiting'),
    /** Jobs made for it, one an attempt; in the job's id, and the fence: what an earlier one comes to counts no more. */
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

/**
 * What lasts and was told of: a run that failed or is held, a dataflow that is late, a quota that is throttled hard. So that
 * what lasts is told once, and of a dataflow that it is well again.
 */
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
