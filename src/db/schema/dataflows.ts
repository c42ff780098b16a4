import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Purpose, Treatment } from '../table.ts'
import { bytea, identity, instant, poolkeeper } from './columns.ts'

/** One imported table: its source in Cognito (also its name in Postgres) and what it is for. */
export interface TableChoice {
  readonly source: string
  readonly purpose: Purpose
  /** Column → what is done to its values; a column that is not named is kept. */
  readonly treatments?: Readonly<Record<string, Treatment>>
  /** Of an opt-in table: the most requests that a run spends on it. */
  readonly budget?: number
}

/** Something that dataflows read: see `src/dataflow/connectors.ts`. */
export type ConnectorId = 'aws-cognito'

export const dataflows = poolkeeper.table(
  'dataflows',
  {
    id: identity(),
    name: text().notNull(),
    displayName: text('display_name').notNull(),
    description: text().notNull().default(''),
    /** What it reads: the id of a connector. */
    connector: text().$type<ConnectorId>().notNull().default('aws-cognito'),
    /** Words that people find it by, in their order. */
    tags: text().array().notNull().default([]),
    poolId: text('pool_id').notNull(),
    region: text().notNull(),
    tables: jsonb().$type<readonly TableChoice[]>().notNull(),
    schedule: text(),
    timezone: text().notNull().default('UTC'),
    /** The next slot that is due; null without a schedule. */
    nextRunAt: instant('next_run_at'),
    pausedAt: instant('paused_at'),
    pauseReason: text('pause_reason'),
    keepSnapshots: integer('keep_snapshots').notNull().default(7),
    /** The guard holds an import that removes more than this share of a table's rows; null switches it off. */
    maxRemovedPercent: integer('max_removed_percent').default(15),
    /** And more than this many: small tables change by large shares every day. */
    maxRemovedRows: integer('max_removed_rows').notNull().default(20),
    /** A run that takes longer than this fails. */
    timeoutMinutes: integer('timeout_minutes')
      .notNull()
      .default(24 * 60),
    /** So does one of which nothing has moved for this long. */
    noProgressMinutes: integer('no_progress_minutes').notNull().default(30),
    /** It is late once readers' data is older than this; null: it never is. */
    freshnessMinutes: integer('freshness_minutes'),
    /** Raised by each change of it, so that nobody overwrites a change that they have not seen. */
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** History outlives the dataflow, so removing marks the row. Its tables, views and secrets are gone. */
    removedAt: instant('removed_at'),
  },
  (table) => [
    uniqueIndex('dataflows_one_per_name').on(sql`lower(${table.name})`).where(sql`${table.removedAt} is null`),
    index('dataflows_due').on(table.nextRunAt).where(sql`${table.removedAt} is null and ${table.pausedAt} is null`),
    check('dataflows_name', sql`${table.name} ~ '^[A-Za-z][A-Za-z0-9]{0,39}$'`),
    check('dataflows_schedule', sql`(${table.schedule} is null) = (${table.nextRunAt} is null)`),
    check('dataflows_keep', sql`${table.keepSnapshots} between 1 and 365`),
    check('dataflows_freshness', sql`${table.freshnessMinutes} > 0`),
    check('dataflows_patience', sql`${table.timeoutMinutes} > 0 and ${table.noProgressMinutes} > 0`),
  ],
)

export const credentials = poolkeeper.table(
  'credentials',
  {
    dataflowId: bigint('dataflow_id', { mode: 'number' })
      .primaryKey()
      .references(() => dataflows.id, { onDelete: 'cascade' }),
    kind: text().$type<'access-key' | 'role' | 'ambient'>().notNull(),
    accessKeyId: text('access_key_id'),
    /** {secretAccessKey, sessionToken?} sealed under the key `keyId`: see `src/dataflow/seal.ts`. */
    sealed: bytea(),
    keyId: text('key_id'),
    roleArn: text('role_arn'),
    /** Ours to generate, theirs to put into the role's trust policy; not a secret (AWS: "confused deputy"). */
    externalId: text('external_id'),
  },
  (table) => [
    check(
      'credentials_whole',
      sql`case ${table.kind}
        when 'access-key' then ${table.accessKeyId} is not null and ${table.sealed} is not null and ${table.keyId} is not null
        when 'role' then ${table.roleArn} is not null and ${table.externalId} is not null
        when 'ambient' then ${table.sealed} is null
        else false end`,
    ),
  ],
)
