import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { Priority, RunState, Trigger } from '../db/schema/runs.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import { AskError, type CauseCode } from '../errors.ts'
import { usedByTasks } from './usage.ts'

/** Of a table that is only catalogued it is known how many rows the pool has, and not which of them are new. */
export interface TableFigures {
  readonly table: string
  readonly rows: number
  readonly added: number
  readonly removed: number
  readonly changed: number
}

/** A run as history, `--json` and the API show it. Times are ISO 8601 in UTC. */
export interface RunRecord {
  readonly run: number
  readonly dataflow: string
  readonly state: RunState
  /** What has to come before it begins; null once it has. */
  readonly waiting: 'waiting for the queue' | 'waiting for a worker' | null
  readonly cause: string | null
  readonly description: string | null
  /** What it found changed in the pool's schema and in the settings, since the run before. */
  readonly notes: readonly string[]
  /** The snapshot that it made, while that can be published; its id is the run's. */
  readonly snapshot: number | null
  /** While the run is under way: rows staged so far, with nothing compared yet. */
  readonly tables: readonly TableFigures[]
  readonly requests: number
  readonly throttled: number
  /** How long its requests waited for their quota, all of them together. */
  readonly quotaWaitSeconds: number
  readonly warnings: number
  /** From its start to its end, or to now; null before it started. */
  readonly seconds: number | null
  readonly trigger: Trigger
  readonly priority: Priority
  /** The failed run from whose checkpoints it went on; null when it read everything itself. */
  readonly continues: number | null
  /** It read everything and published nothing; the figures of its tables are what would have come. */
  readonly dryRun: boolean
  /** The tables that it was to read, where not all of them; the others kept the rows that readers saw. */
  readonly onlyTables: readonly string[] | null
  readonly requestedBy: string
  readonly requestedAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

export interface HistoryQuery {
  readonly dataflowId?: number
  /** The ids of the dataflows that whoever asks may see; null: all of them. */
  readonly visible?: Visible
  readonly states?: readonly RunState[] | undefined
  readonly causes?: readonly CauseCode[] | undefined
  readonly triggers?: readonly Trigger[] | undefined
  /** Requested then or later. */
  readonly since?: Date | undefined
  /** Requested before. */
  readonly until?: Date | undefined
  /** Older than this run: for going on where a page ended. */
  readonly before?: number | undefined
  readonly limit?: number
}

/** Runs, newest first. */
export async function listRuns(db: Queryable, query: HistoryQuery = {}): Promise<RunRecord[]> {
  const { visible = null, limit = 50 } = query
  const which = sql.join([isAmong(sql`r.dataflow_id`, visible), ...conditionsOf(query)], sql` and `)
  return selectRuns(db, sql`${which} order by r.id desc limit ${limit}`)
}

export function conditionsOf({ dataflowId, states, causes, triggers, since, until, before }: HistoryQuery): SQL[] {
  return [
    ...(dataflowId === undefined ? [] : [sql`r.dataflow_id = ${dataflowId}`]),
    ...(states ? [sql`r.state in ${states}`] : []),
    ...(causes ? [sql`r.cause in ${causes}`] : []),
    ...(triggers ? [sql`r.trigger in ${triggers}`] : []),
    ...(since ? [sql`r.requested_at >= ${since.toISOString()}`] : []),
    ...(until ? [sql`r.requested_at < ${until.toISOString()}`] : []),
    ...(before === undefined ? [] : [sql`r.id < ${before}`]),
  ]
}

/** @throws AskError 'not-found', also when it is of a dataflow that whoever asks may not see */
export async function findRun(db: Queryable, id: number, visible: Visible = null): Promise<RunRecord> {
  const [run] = await selectRuns(db, sql`r.id = ${id} and ${isAmong(sql`r.dataflow_id`, visible)}`)
  if (!run) throw notFound(id)
  return run
}

/** The dataflow that a run is of. @throws AskError 'not-found', as `findRun` */
export async function dataflowOfRun(
  db: Queryable,
  id: number,
  visible: Visible,
): Promise<{ readonly id: number; readonly name: string }> {
  const [dataflow] = await db.execute<{ id: number; name: string }>(sql`
    select d.id, d.name from poolkeeper.runs r join poolkeeper.dataflows d on d.id = r.dataflow_id
    where r.id = ${id} and ${isAmong(sql`r.dataflow_id`, visible)}`)
  if (!dataflow) throw notFound(id)
  return dataflow
}

function notFound(id: number): AskError {
  return new AskError('not-found', `There is no run ${id}.`, 'See `poolkeeper history`.')
}

const ISO = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)
/** What its first task waits for: to be handed out, or to be taken. */
const WAITING = sql.raw(`case when r.state = 'queued' then (
  select case when t.dispatched_at is null then 'waiting for the queue' else 'waiting for a worker' end
  from poolkeeper.tasks t where t.run_id = r.id and t.state = 'ready' and t.claimed_by is null limit 1) end`)
const STREAMED = sql.raw(`json_build_object('table', source, 'rows', rows, 'added', 0, 'removed', 0, 'changed', 0)`)
const FINISHED = sql.raw(`json_build_object('table', f."table", 'rows', f.rows,
  'added', f.added, 'removed', f.removed, 'changed', f.changed)`)

/** Of runs that have ended no task is looked at, but for the tables of those that were not finished: there may be 10,000. */
async function selectRuns(db: Queryable, where: SQL): Promise<RunRecord[]> {
  const rows = await db.execute<{ record: RunRecord }>(sql`
    select json_build_object(
      'run', r.id, 'dataflow', d.name, 'state', r.state, 'waiting', ${WAITING}, 'cause', r.cause, 'description', r.description, 'notes', r.notes,
      'snapshot', case when s.state in ('held', 'kept') then s.id end,
      'tables', coalesce(finished.tables, streamed.tables, '[]'),
      'requests', greatest(r.requests, used.requests), 'throttled', greatest(r.throttled, used.throttled),
      'quotaWaitSeconds', round(greatest(r.waited_ms, used.waited_ms) / 1000.0, 1),
      'warnings', greatest(r.warnings, used.warnings),
      'seconds', round(extract(epoch from coalesce(r.finished_at, now()) - r.started_at), 1),
      'trigger', r.trigger, 'priority', r.priority, 'continues', r.continues, 'dryRun', r.dry_run, 'onlyTables', r.tables,
      'requestedBy', r.requested_by,
      'requestedAt', to_char(r.requested_at, ${ISO}), 'startedAt', to_char(r.started_at, ${ISO}),
      'finishedAt', to_char(r.finished_at, ${ISO})) as record
    from poolkeeper.runs r
    join poolkeeper.dataflows d on d.id = r.dataflow_id
    left join poolkeeper.snapshots s on s.id = r.id
    left join lateral (select json_agg(${FINISHED} order by f."table") as tables
      from poolkeeper.run_tables f where f.run_id = r.id) finished on true
    left join lateral (select json_agg(${STREAMED} order by source) as tables from (
      select stream->>'source' as source, sum(rows) as rows from poolkeeper.tasks
      where run_id = r.id and kind = 'stream' and finished.tables is null group by 1) read
      join jsonb_array_elements(s.tables) shape on shape->>'table' = source and shape->'carried' is null) streamed on true
    left join lateral (${usedByTasks(sql`case when r.finished_at is null then r.id end`)}) used on true
    where ${where}`)
  return rows.map((row) => row.record)
}
