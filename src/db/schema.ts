import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { Purpose, TableShape, Treatment } from './table.ts'

/** The control tables. What people read stands in a schema per dataflow, made by `src/snapshot`. */
export const poolkeeper = pgSchema('poolkeeper')

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const identity = (name = 'id') => bigint(name, { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()
const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/** One imported table: its source in Cognito (also its name in Postgres) and what it is for. */
export interface TableChoice {
  readonly source: string
  readonly purpose: Purpose
  /** Column → what is done to its values; a column that is not named is kept. */
  readonly treatments?: Readonly<Record<string, Treatment>>
  /** Of an opt-in table: the most requests that a run spends on it. */
  readonly budget?: number
}

export const dataflows = poolkeeper.table(
  'dataflows',
  {
    id: identity(),
    name: text().notNull(),
    displayName: text('display_name').notNull(),
    description: text().notNull().default(''),
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

export type RunState =
  | 'queued'
  | 'planning'
  | 'streaming'
  | 'publishing'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'held'

export type Trigger = 'schedule' | 'manual' | 'queue' | 'api' | 'retry'

/** Somebody waits for an ad-hoc run; nobody does for a nightly one. */
export type Priority = 'ad-hoc' | 'nightly'

const ACTIVE = sql.raw(`('queued', 'planning', 'streaming', 'publishing')`)

/** Under way, or held: what is not history yet. */
export const OPEN = sql.raw(`('queued', 'planning', 'streaming', 'publishing', 'held')`)

export const runs = poolkeeper.table(
  'runs',
  {
    id: identity(),
    dataflowId: bigint('dataflow_id', { mode: 'number' })
      .notNull()
      .references(() => dataflows.id),
    trigger: text().$type<Trigger>().notNull(),
    requestedBy: text('requested_by').notNull(),
    priority: text().$type<Priority>().notNull().default('ad-hoc'),
    /** Makes a request count once: the job id of another service's request, an idempotency key. */
    requestKey: text('request_key'),
    /** The schedule's slot this run stands for. */
    slot: instant('slot'),
    state: text().$type<RunState>().notNull().default('queued'),
    cause: text(),
    description: text(),
    /** The snapshot that was published when the run was planned: publishing expects to find it still there. */
    baseSnapshotId: bigint('base_snapshot_id', { mode: 'number' }),
    /** DescribeUserPool's EstimatedNumberOfUsers at planning; holds the shards to account. */
    estimatedUsers: bigint('estimated_users', { mode: 'number' }),
    /** The pool that it reads: an edit of the dataflow changes later runs only. Null before planning. */
    poolId: text('pool_id'),
    /** The AWS account, from the pool's ARN: requests of all its dataflows come out of one quota. */
    accountId: text('account_id'),
    /** The failed run from whose checkpoints this one goes on; null once it was planned without them. */
    continues: bigint({ mode: 'number' }),
    /** It reads, finishes and compares everything, and publishes nothing. */
    dryRun: boolean('dry_run').notNull().default(false),
    /** What history says beside the cause: what changed in the pool's schema and in the settings. */
    notes: jsonb().$type<readonly string[]>().notNull().default([]),
    requests: count('requests'),
    throttled: count('throttled'),
    /** How long its requests have waited for their quota, in ms, all of them together. */
    waitedMs: count('waited_ms'),
    warnings: count('warnings'),
    requestedAt: instant('requested_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    uniqueIndex('runs_one_active_per_dataflow').on(table.dataflowId).where(sql`${table.state} in ${ACTIVE}`),
    uniqueIndex('runs_one_per_slot').on(table.dataflowId, table.slot).where(sql`${table.slot} is not null`),
    uniqueIndex('runs_one_per_request').on(table.requestKey).where(sql`${table.requestKey} is not null`),
    index('runs_history').on(table.dataflowId, table.id),
    index('runs_open').on(table.state).where(sql`${table.state} in ${OPEN}`),
    check('runs_finished', sql`(${table.finishedAt} is null) = (${table.state} in ${ACTIVE})`),
    check(
      'runs_explained',
      sql`${table.state} in ${ACTIVE} or ${table.state} = 'succeeded' or ${table.cause} is not null`,
    ),
  ],
)

/** What a run did to each table. Written when its snapshot is finished. */
export const runTables = poolkeeper.table(
  'run_tables',
  {
    runId: bigint('run_id', { mode: 'number' })
      .notNull()
      .references(() => runs.id),
    table: text().notNull(),
    rows: count('rows'),
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.table] })],
)

export type TaskKind = 'plan' | 'stream' | 'publish'

/** What a stream reads, as its task keeps it: a source table, or one part of it. */
export interface StreamSource {
  readonly source: string
  /** Of the users: those whose sub starts so; null for all of them. */
  readonly prefix?: string | null
  /** Of a shard that was split: it ends before the first sub that begins so or comes after. */
  readonly until?: string
  /** Of the members: those of this group. */
  readonly group?: string
  /** Of the members: all of them, by asking each user. */
  readonly per?: 'user'
}

/** What a shard has seen of its range. Of each sub only the first digits are kept. */
export interface Seen {
  readonly first: string
  readonly last: string
  /** Whether all so far were of the form that is known, and came in ascending order. */
  readonly orderly: boolean
}

/**
 * The work of a run, one row each: to plan it, to read a stream, to publish. The table is the outbox as well: a task
 * that is ready and not dispatched wants a job on BullMQ. A job carries the task's id and nothing else.
 */
export const tasks = poolkeeper.table(
  'tasks',
  {
    id: identity(),
    runId: bigint('run_id', { mode: 'number' })
      .notNull()
      .references(() => runs.id),
    kind: text().$type<TaskKind>().notNull(),
    /** What people see of it on Bull Board: `users · a`. Holds nothing a user of the pool could have typed. */
    label: text().notNull(),
    stream: jsonb().$type<StreamSource>(),
    state: text().$type<'ready' | 'done' | 'dropped'>().notNull().default('ready'),
    /** The fence: each claim raises it, so that an earlier holder's commits are turned away. */
    epoch: integer().notNull().default(0),
    /** The checkpoint: pages staged so far and the token that reads the next one; null at the beginning. */
    page: integer().notNull().default(0),
    token: text(),
    /** Brent's mark against token loops: the hash of the token at the last page that was a power of two. */
    loopMark: text('loop_mark'),
    /** Of a shard under way. */
    seen: jsonb().$type<Seen>(),
    rows: count('rows'),
    requests: count('requests'),
    throttled: count('throttled'),
    /** How long its requests have waited for their quota, in ms, all of them together. */
    waitedMs: count('waited_ms'),
    warnings: count('warnings'),
    /** Claims since the last commit: a task that only ever crashes is given up. */
    fruitlessStarts: integer('fruitless_starts').notNull().default(0),
    /** Times the stream had to begin again because its token was no longer taken. */
    restarts: integer().notNull().default(0),
    /** Counts the jobs made for it; in the job's id, because BullMQ silently ignores an id that it has seen. */
    delivery: integer().notNull().default(0),
    dispatchedAt: instant('dispatched_at'),
    /** Who works at it, or ended it; null while it waits for a worker. */
    claimedBy: text('claimed_by'),
    /** When somebody last claimed it, put it back or got further with it; the watchdog and the doctor go by it. */
    movedAt: instant('moved_at').notNull().defaultNow(),
    /** Since when it has been waiting out throttling or the network without a commit; patience has an end. */
    waitingSince: instant('waiting_since'),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    uniqueIndex('tasks_one_per_stream').on(table.runId, table.stream).where(sql`${table.kind} = 'stream'`),
    uniqueIndex('tasks_one_plan_one_publish').on(table.runId, table.kind).where(sql`${table.kind} <> 'stream'`),
    index('tasks_to_dispatch')
      .on(table.runId, table.id)
      .where(sql`${table.state} = 'ready' and ${table.dispatchedAt} is null`),
    index('tasks_live').on(table.runId).where(sql`${table.state} = 'ready' and ${table.dispatchedAt} is not null`),
    index('tasks_open').on(table.runId).where(sql`${table.state} = 'ready'`),
    check('tasks_stream', sql`(${table.kind} = 'stream') = (${table.stream} is not null)`),
  ],
)

/** In a setting: all accounts, or all categories. */
export const EVERYTHING = '*'

/** The share of a quota that may be used, where it is not the default; `*` stands for all accounts, or all categories. */
export const quotaShares = poolkeeper.table(
  'quota_shares',
  {
    accountId: text('account_id').notNull().default(EVERYTHING),
    category: text().notNull().default(EVERYTHING),
    share: doublePrecision().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.category] }),
    check('quota_shares_share', sql`${table.share} > 0 and ${table.share} <= 1`),
  ],
)

/** What AWS says that an account may ask for, by GetProvisionedLimit. */
export const quotaLimits = poolkeeper.table(
  'quota_limits',
  {
    accountId: text('account_id').notNull(),
    region: text().notNull(),
    category: text().notNull(),
    /** Requests a second; null where AWS gave no answer: then the documented default counts. */
    rate: integer(),
    readAt: instant('read_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.region, table.category] })],
)

/**
 * `building` until publish has finished its tables, `held` while the guard keeps it from readers, `kept` once published,
 * `left` by a failed run for an hour, so that a retry can go on with it, `dropping` when nobody may see it any more,
 * `dropped` when its tables are gone.
 */
export type SnapshotState = 'building' | 'held' | 'kept' | 'left' | 'dropping' | 'dropped'

/** A place in the order in which users are asked for one by one: by their last change, oldest first. */
export interface Place {
  /** An instant as Postgres writes it; `-infinity` for a user without one. */
  readonly at: string
  readonly sub: string
}

/** A run's tables as one version. Its id is the run's, and the key of its partitions. */
export const snapshots = poolkeeper.table(
  'snapshots',
  {
    id: bigint({ mode: 'number' })
      .primaryKey()
      .references(() => runs.id),
    dataflowId: bigint('dataflow_id', { mode: 'number' })
      .notNull()
      .references(() => dataflows.id),
    state: text().$type<SnapshotState>().notNull().default('building'),
    /** The tables as the run found them: an edit of the dataflow or of the pool's schema changes later snapshots only. */
    tables: jsonb().$type<readonly TableShape[]>().notNull(),
    /** Opt-in table → the last user that its run asked for: the run after this snapshot goes on behind them. */
    places: jsonb().$type<Readonly<Record<string, Place>>>().notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('snapshots_by_dataflow').on(table.dataflowId, table.id),
    index('snapshots_to_drop').on(table.id).where(sql`${table.state} = 'dropping'`),
  ],
)

/** The pointer: which snapshot the views of a dataflow show. One row each; publish and rollback are one UPDATE of it. */
export const published = poolkeeper.table('published', {
  dataflowId: bigint('dataflow_id', { mode: 'number' })
    .primaryKey()
    .references(() => dataflows.id),
  snapshotId: bigint('snapshot_id', { mode: 'number' }).references(() => snapshots.id),
  publishedAt: instant('published_at'),
})

/** Every move of a pointer, for good. */
export const publications = poolkeeper.table('publications', {
  id: identity(),
  dataflowId: bigint('dataflow_id', { mode: 'number' })
    .notNull()
    .references(() => dataflows.id),
  fromSnapshotId: bigint('from_snapshot_id', { mode: 'number' }),
  toSnapshotId: bigint('to_snapshot_id', { mode: 'number' }).notNull(),
  reason: text().$type<'publish' | 'approve' | 'rollback'>().notNull(),
  by: text().notNull(),
  at: instant('at').notNull().defaultNow(),
})

/** One-time links into the dashboard. Only a hash is kept: reading this table signs nobody in. */
export const signInLinks = poolkeeper.table('sign_in_links', {
  hash: text().primaryKey(),
  expiresAt: instant('expires_at').notNull(),
})

export const sessions = poolkeeper.table('sessions', {
  hash: text().primaryKey(),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  ended: boolean().notNull().default(false),
})
