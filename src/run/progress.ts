import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { type RunState, runs } from '../db/schema.ts'
import { AskError } from '../errors.ts'

export interface TableProgress {
  readonly table: string
  readonly rows: number
  /** How many rows are to come in all, as far as anybody can say; null where nobody can. */
  readonly expectedRows: number | null
  /** Those that were given up (shards that a pool refused) are not counted. */
  readonly streams: number
  readonly streamsDone: number
  /** Every stream of this table has been read, and no more will be found. */
  readonly complete: boolean
}

export interface RunProgress {
  readonly run: number
  readonly state: RunState
  readonly tables: readonly TableProgress[]
}

/**
 * How far a run is. Cheap enough to ask for several times a second.
 * @throws AskError 'not-found'
 */
export async function runProgress(db: Queryable, runId: number): Promise<RunProgress> {
  const [run] = await db
    .select({ state: runs.state, estimatedUsers: runs.estimatedUsers })
    .from(runs)
    .where(eq(runs.id, runId))
  if (!run) throw new AskError('not-found', `There is no run ${runId}.`, 'See `poolkeeper history`.')
  const tables = await db.execute<Omit<TableProgress, 'expectedRows' | 'complete'>>(sql`
    select shape->>'table' as "table", coalesce(sum(t.rows), 0) as rows, count(t.id) filter (where t.state <> 'dropped') as streams,
      count(t.id) filter (where t.state = 'done') as "streamsDone"
    from poolkeeper.snapshots s cross join lateral jsonb_array_elements(s.tables) with ordinality as shapes(shape, nth)
    left join poolkeeper.tasks t on t.run_id = s.id and t.kind = 'stream' and t.stream->>'source' = shape->>'table'
    where s.id = ${runId} group by shape->>'table', nth order by nth`)
  const read = run.state === 'publishing' || run.state === 'succeeded' || run.state === 'held'
  return {
    run: runId,
    state: run.state,
    tables: tables.map(({ table, rows, streams, streamsDone }) => ({
      table,
      rows: Number(rows),
      streams,
      streamsDone,
      expectedRows: table === 'users' ? run.estimatedUsers : null,
      complete: read || (run.state === 'streaming' && knowsItsStreams(table) && streams > 0 && streams === streamsDone),
    })),
  }
}

/** A table of members has all its streams only once the groups have been read to the end. */
function knowsItsStreams(table: string): boolean {
  return table !== 'group_members'
}
