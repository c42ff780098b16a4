import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { Priority, RunState, Trigger } from '../db/schema/runs.ts'
import { AskError } from '../errors.ts'
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
  readonly visible?: readonly number[] | null
  readonly limit?: number
}

/** Runs, newest first. */
export async function listRuns(
  db: Queryable,
  { dataflowId, visible = null, limit = 50 }: HistoryQuery = {},
): Promise<RunRecord[]> {
  const which = dataflowId === undefined ? sql`true` : sql`r.dataflow_id = ${dataflowId}`
  return selectRuns(db, sql`${which} and ${isAmong(visible)} order by r.id desc limit ${limit}`)
}

/** @throws AskError 'not-found', also when it is of a dataflow that whoever asks may not see */
export async function findRun(db: Queryable, id: number, visible: readonly number[] | null = null): Promise<RunRecord> {
  const [run] = await selectRuns(db, sql`r.id = ${id} and ${isAmong(visible)}`)
  if (!run) throw new AskError('not-found', `There is no run ${id}.`, 'See `poolkeeper history`.')
  return run
}

function isAmong(visible: readonly number[] | null) {
  return visible === null
    ? sql`true`
    : sql`r.dataflow_id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(visible)}))`
}

const ISO = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)
const STREAMED = sql.raw(`json_build_object('table', stream->>'source', 'rows', sum(rows),
  'added', 0, 'removed', 0, 'changed', 0)`)
const FINISHED = sql.raw(`json_build_object('table', f."table", 'rows', f.rows,
  'added', f.added, 'removed', f.removed, 'changed', f.changed)`)

async function selectRuns(db: Queryable, where: ReturnType<typeof sql>): Promise<RunRecord[]> {
  const rows = await db.execute<{ record: RunRecord }>(sql`
    select json_build_object(
      'run', r.id, 'dataflow', d.name, 'state', r.state, 'cause', r.cause, 'description', r.description, 'notes', r.notes,
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
    left join lateral (select json_agg(t order by t->>'table') as tables from (
      select ${STREAMED} as t from poolkeeper.tasks
      where run_id = r.id and kind = 'stream'
        and s.tables @> jsonb_build_array(jsonb_build_object('table', stream->>'source'))
        and not s.tables @> jsonb_build_array(jsonb_build_object('table', stream->>'source', 'carried', true))
      group by stream->>'source') by_table) streamed on true
    left join lateral (${usedByTasks(sql`r.id`)}) used on true
    where ${where}`)
  return rows.map((row) => row.record)
}
