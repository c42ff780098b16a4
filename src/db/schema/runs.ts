import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { count, identity, instant, poolkeeper } from './columns.ts'
import { dataflows } from './dataflows.ts'

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
    /** The hash of what was asked for with that key: the same key for something else is refused. */
    requestHash: text('request_hash'),
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
    /** The tables that it reads, where not all of them; the others keep the rows that readers see. */
    tables: jsonb().$type<readonly string[]>(),
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
    // why runs failed lately is asked of each page of history: 1 ms of 100,000 runs, and 16 ms without (measured)
    index('runs_trouble').on(table.requestedAt).where(sql`${table.state} in ('failed', 'held')`),
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
