import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { count, identity, instant, poolkeeper } from './columns.ts'
import { runs } from './runs.ts'

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
