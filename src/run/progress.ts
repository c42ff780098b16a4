import { and, asc, eq, isNotNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { type RunState, runs } from '../db/schema/runs.ts'
import { type Seen, type StreamSource, tasks } from '../db/schema/tasks.ts'
import type { Purpose } from '../db/table.ts'
import { AskError } from '../errors.ts'

export interface TableProgress {
  readonly table: string
  readonly purpose: Purpose | null
  readonly rows: number
  readonly requests: number
  /** How many rows are to come in all, as far as anybody can say; null where nobody can. */
  readonly expectedRows: number | null
  /** Those that were given up (shards that a pool refused) are not counted. */
  readonly streams: number
  readonly streamsDone: number
  /** Every stream of this table has been read, and no more will be found. */
  readonly complete: boolean
}

/** One shard of the users: those whose sub starts with `prefix`. */
export interface ShardProgress {
  readonly prefix: string
  readonly rows: number
  readonly done: boolean
  /** What it reads and what it has seen of it: these tell how far it is. */
  readonly stream: StreamSource
  readonly seen: Seen | null
}

export interface RunProgress {
  readonly run: number
  readonly state: RunState
  /** DescribeUserPool's estimate; null before planning. Hours old by nature: never take it for a total. */
  readonly estimatedUsers: number | null
  /** Whose quotas it draws on; both null before planning. */
  readonly accountId: string | null
  readonly poolId: string | null
  readonly tables: readonly TableProgress[]
  /** Those that were given up are left out. Empty where the users are read as one stream. Members may have 10,000 streams: those are only summed up. */
  readonly shards: readonly ShardProgress[]
}

/**
 * How far a run is. Cheap enough to ask for several times a second.
 * @throws AskError 'not-found'
 */
export async function runProgress(db: Queryable, runId: number): Promise<RunProgress> {
  const [run] = await db
    .select({ state: runs.state, estimatedUsers: runs.estimatedUsers, accountId: runs.accountId, poolId: runs.poolId })
    .from(runs)
    .where(eq(runs.id, runId))
  if (!run) throw new AskError('not-found', `There is no run ${runId}.`, 'See `poolkeeper history`.')
  return {
    run: runId,
    ...run,
    tables: (await selectTables(db, runId)).map((sums) => withOutlook(sums, run)),
    shards: await selectShards(db, runId),
  }
}

/** A bar that waits at its end looks stuck: what the estimate fell short of stays below it. */
export const ALMOST = 0.99

/** How much of a table has been read, 0 to 1; null where nothing tells. */
export function shareRead({ complete, expectedRows, rows, streams, streamsDone }: TableProgress): number | null {
  if (complete) return 1
  if (expectedRows) return Math.min(rows / expectedRows, ALMOST)
  return streams > 1 ? Math.min(streamsDone / streams, ALMOST) : null
}

interface Sums extends Omit<TableProgress, 'expectedRows' | 'complete'> {
  /** A table of members has all its streams only once the groups have been read to the end. */
  readonly knowsItsStreams: boolean
}

async function selectTables(db: Queryable, runId: number): Promise<Sums[]> {
  return db.execute<Sums & Record<string, unknown>>(sql`
    with read as (
      select stream->>'source' as source, sum(rows)::bigint as rows, sum(requests)::bigint as requests,
        count(*) filter (where state <> 'dropped') as streams, count(*) filter (where state = 'done') as done
      from poolkeeper.tasks where run_id = ${runId} and kind = 'stream' group by 1)
    select shape->>'table' as "table", shape->>'purpose' as purpose, coalesce(rows, 0) as rows,
      coalesce(requests, 0) as requests, coalesce(streams, 0) as streams, coalesce(done, 0) as "streamsDone",
      shape->>'table' <> 'group_members' or exists (select from read where source = 'groups' and done > 0)
        as "knowsItsStreams"
    from poolkeeper.snapshots s cross join lateral jsonb_array_elements(s.tables) with ordinality as shapes(shape, nth)
    left join read on source = shape->>'table'
    where s.id = ${runId} and shape->>'holds' is distinct from 'catalogue' and shape->'carried' is null
    order by nth`)
}

const prefix = sql<string>`${tasks.stream}->>'prefix'`

async function selectShards(db: Queryable, runId: number): Promise<ShardProgress[]> {
  return db
    .select({
      prefix,
      rows: tasks.rows,
      done: sql<boolean>`${tasks.state} = 'done'`,
      stream: sql<StreamSource>`${tasks.stream}`,
      seen: tasks.seen,
    })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream'), ne(tasks.state, 'dropped'), isNotNull(prefix)))
    .orderBy(asc(prefix))
}

function withOutlook(
  { knowsItsStreams, ...sums }: Sums,
  { state, estimatedUsers }: Pick<typeof runs.$inferSelect, 'state' | 'estimatedUsers'>,
) {
  const { table, streams, streamsDone } = sums
  const read = state === 'publishing' || state === 'succeeded' || state === 'held'
  const nothingLeft = state === 'streaming' && knowsItsStreams && streams > 0 && streams === streamsDone
  return { ...sums, expectedRows: table === 'users' ? estimatedUsers : null, complete: read || nothingLeft }
}
