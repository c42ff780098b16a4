import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { RunState } from '../db/schema/runs.ts'
import type { Visible } from '../db/visible.ts'
import { type Dataflow, dataflowsOf } from './dataflow.ts'
import { type Listed, type Listing, selectListed } from './listing.ts'
import type { DataflowStatus } from './status.ts'

/** A dataflow with what became of it last. */
export interface Overview extends Dataflow {
  readonly status: DataflowStatus
  /** The run under way, else the last one that was not skipped; null before the first. */
  readonly lastRun: LastRun | null
  /** When the data that readers see was imported; null before the first import. */
  readonly refreshedAt: Date | null
  /** Rows of the import that readers see, all tables together, catalogued ones as well; null before the first import. */
  readonly rows: number | null
  /** Since when it has been without a success for longer than its freshness target; null while it is in time. */
  readonly lateSince: Date | null
  /** Its last ten runs that ended with an import or a failure, the oldest first. */
  readonly lately: readonly RecentRun[]
}

export interface LastRun {
  readonly id: number
  readonly state: RunState
  readonly description: string | null
  readonly startedAt: Date | null
  /** Of one that streams: users read so far, and how many the pool is said to have. */
  readonly usersRead: number | null
  readonly estimatedUsers: number | null
}

export interface RecentRun {
  readonly run: number
  readonly state: RunState
  /** All tables together; null for one that published nothing. */
  readonly rows: number | null
}

/** One page of a listing. */
export interface OverviewPage {
  readonly items: readonly (Overview & Pick<Listed, 'group' | 'groupSize' | 'place'>)[]
  readonly total: number
  readonly totalRows: number
}

/** The dataflows that fit a listing, with what became of each last. */
export async function listOverviews(db: Queryable, visible: Visible, listing: Listing): Promise<OverviewPage> {
  const listed = await selectListed(db, visible, listing)
  const ids = [...new Set(listed.map(({ id }) => id))]
  const [dataflows, latest] = await Promise.all([dataflowsOf(db, ids), selectLatest(db, listed)])
  const items = listed.flatMap((line) => {
    const dataflow = dataflows.get(line.id)
    // removed between the two looks
    return dataflow ? [{ ...overviewFrom(dataflow, line, latest), ...placeOf(line) }] : []
  })
  return { items, total: listed[0]?.total ?? 0, totalRows: listed[0]?.totalRows ?? 0 }
}

/** A dataflow with what became of it last. */
export async function overviewOf(db: Queryable, dataflow: Dataflow): Promise<Overview> {
  const [line] = await selectListed(db, [dataflow.id], {})
  if (!line) throw new TypeError('a dataflow that was just found is not listed')
  return overviewFrom(dataflow, line, await selectLatest(db, [line]))
}

const placeOf = ({ group, groupSize, place }: Listed) => ({ group, groupSize, place })

interface Latest extends Record<string, unknown> {
  readonly dataflowId: number
  readonly lastRun: (Omit<LastRun, 'startedAt'> & { readonly startedAt: string | null }) | null
  readonly lately: readonly RecentRun[]
}

async function selectLatest(db: Queryable, listed: readonly Listed[]): Promise<ReadonlyMap<number, Latest>> {
  const wanted = JSON.stringify(listed.map(({ id, lastRun }) => ({ id, last_run: lastRun })))
  const rows = await db.execute<Latest>(sql`
    select distinct on (wanted.id) wanted.id as "dataflowId", ${LAST_RUN} as "lastRun", ${LATELY} as lately
    from jsonb_to_recordset(${wanted}::jsonb) as wanted(id bigint, last_run bigint)
    left join poolkeeper.runs r on r.id = wanted.last_run`)
  return new Map(rows.map((row) => [row.dataflowId, row]))
}

/** What the tasks of a run have read is summed up only while it is under way. */
const LAST_RUN: SQL = sql`(case when r.id is not null then jsonb_build_object(
  'id', r.id, 'state', r.state, 'description', r.description, 'startedAt', r.started_at, 'estimatedUsers', r.estimated_users,
  'usersRead', case when r.state = 'streaming' then (
    select coalesce(sum(t.rows), 0) from poolkeeper.tasks t
    where t.run_id = r.id and t.kind = 'stream' and t.stream->>'source' = 'users') end) end)`

const LATELY: SQL = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('run', recent.id, 'state', recent.state, 'rows', recent.rows)
    order by recent.id), '[]')
  from (select e.id, e.state,
      (select sum(t.rows) from poolkeeper.run_tables t where t.run_id = e.id) as rows
    from poolkeeper.runs e
    where e.dataflow_id = wanted.id and e.state in ('succeeded', 'failed', 'held') order by e.id desc limit 10) recent)`

function overviewFrom(dataflow: Dataflow, line: Listed, latest: ReadonlyMap<number, Latest>): Overview {
  const { lastRun = null, lately = [] } = latest.get(dataflow.id) ?? {}
  return {
    ...dataflow,
    status: line.status,
    lastRun: lastRun && { ...lastRun, startedAt: instantOf(lastRun.startedAt) },
    lately,
    rows: line.rows,
    refreshedAt: instantOf(line.refreshedAt),
    lateSince: instantOf(line.lateSince),
  }
}

function instantOf(text: string | null): Date | null {
  return text ? new Date(text) : null
}
