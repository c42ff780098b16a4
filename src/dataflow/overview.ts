import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { RunState } from '../db/schema/runs.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import { type Dataflow, listDataflows, type NamePage } from './dataflow.ts'
import { LATE_SINCE } from './freshness.ts'

/** A dataflow with what became of it last. */
export interface Overview extends Dataflow {
  /** The run under way, else the last one that was not skipped; null before the first. */
  readonly lastRun: { readonly id: number; readonly state: RunState; readonly description: string | null } | null
  /** When the data that readers see was imported; null before the first import. */
  readonly refreshedAt: Date | null
  /** Rows of the import that readers see, all tables together, catalogued ones as well; null before the first import. */
  readonly rows: number | null
  /** Since when it has been without a success for longer than its freshness target; null while it is in time. */
  readonly lateSince: Date | null
}

interface Latest extends Record<string, unknown> {
  readonly dataflow_id: number
  readonly last_run: Overview['lastRun']
  readonly refreshed_at: string | null
  readonly rows: number | null
  readonly late_since: string | null
}

/** Every dataflow, by name, with its last run, or a page of them. */
export async function listOverviews(db: Queryable, visible: Visible = null, page: NamePage = {}): Promise<Overview[]> {
  const listed = await listDataflows(db, visible, page)
  const ids = listed.map(({ id }) => id)
  const latest = new Map(
    (await selectLatest(db, isAmong(sql`p.dataflow_id`, ids))).map((row) => [row.dataflow_id, row]),
  )
  return listed.map((dataflow) => withLatest(dataflow, latest.get(dataflow.id)))
}

/** A dataflow with its last run. */
export async function overviewOf(db: Queryable, dataflow: Dataflow): Promise<Overview> {
  const [row] = await selectLatest(db, sql`p.dataflow_id = ${dataflow.id}`)
  return withLatest(dataflow, row)
}

function selectLatest(db: Queryable, which: SQL): PromiseLike<Latest[]> {
  return db.execute<Latest>(sql`
    select p.dataflow_id, refresh.finished_at as refreshed_at,
      (select sum(t.rows)::bigint from poolkeeper.run_tables t where t.run_id = p.snapshot_id) as rows,
      (select jsonb_build_object('id', r.id, 'state', r.state, 'description', r.description)
       from poolkeeper.runs r where r.dataflow_id = p.dataflow_id and r.state <> 'skipped'
       order by r.finished_at is null desc, r.id desc limit 1) as last_run,
      ${LATE_SINCE} as late_since
    from poolkeeper.published p join poolkeeper.dataflows d on d.id = p.dataflow_id
    left join poolkeeper.runs refresh on refresh.id = p.snapshot_id
    where ${which}`)
}

function withLatest(dataflow: Dataflow, row: Latest | undefined): Overview {
  return {
    ...dataflow,
    lastRun: row?.last_run ?? null,
    refreshedAt: instantOf(row?.refreshed_at),
    rows: row?.rows ?? null,
    lateSince: instantOf(row?.late_since),
  }
}

function instantOf(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null
}
