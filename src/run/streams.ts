import { and, asc, count, eq, isNotNull, sql, sum } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { runs, tasks } from '../db/schema.ts'

/** How far the streams of one table have got. */
export interface TableProgress {
  readonly table: string
  readonly streams: number
  readonly done: number
  readonly rows: number
}

/** One shard of the users: those whose sub starts with `prefix`. */
export interface ShardProgress {
  readonly prefix: string
  readonly rows: number
  readonly done: boolean
}

/** What a run has read so far, for whoever watches it. */
export interface StreamProgress {
  /** DescribeUserPool's estimate of the users; null before planning. Hours old by nature: never take it for a total. */
  readonly estimatedUsers: number | null
  readonly tables: readonly TableProgress[]
  /** Empty where the users are read as one stream. */
  readonly shards: readonly ShardProgress[]
}

const source = sql<string>`${tasks.stream}->>'source'`
const prefix = sql<string>`${tasks.stream}->>'prefix'`
const isDone = sql<boolean>`${tasks.state} = 'done'`

/** Group members have a stream for each group, up to 10,000 of them: tables are summed up, only shards are listed. */
export async function streamProgress(db: Queryable, run: number): Promise<StreamProgress> {
  const ofRun = and(eq(tasks.runId, run), eq(tasks.kind, 'stream'))
  const [planned, tables, shards] = await Promise.all([
    db.select({ estimatedUsers: runs.estimatedUsers }).from(runs).where(eq(runs.id, run)),
    db
      .select({
        table: source,
        streams: count(),
        done: sql`count(*) filter (where ${isDone})`.mapWith(Number),
        rows: sum(tasks.rows).mapWith(Number),
      })
      .from(tasks)
      .where(ofRun)
      .groupBy(source)
      .orderBy(asc(source)),
    db
      .select({ prefix, rows: tasks.rows, done: isDone })
      .from(tasks)
      .where(and(ofRun, isNotNull(prefix), eq(source, 'users')))
      .orderBy(asc(prefix)),
  ])
  return { estimatedUsers: planned[0]?.estimatedUsers ?? null, tables, shards }
}
