import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { isAmong } from '../db/visible.ts'
import type { CauseCode } from '../errors.ts'
import { conditionsOf, type HistoryQuery } from './history.ts'

/** Runs that failed or are held for the same reason. */
export interface Failure {
  readonly cause: string
  /** What mends it: a person, the next run, or nothing, because each of its dataflows has had a better run since. */
  readonly needs: 'a person' | 'time' | 'nothing'
  readonly runs: number
  /** The dataflows whose last run ended so, the latest first; at most 20 are named. */
  readonly standing: readonly { readonly dataflow: string; readonly run: number }[]
  readonly dataflowsStanding: number
  readonly lastRun: number
  readonly lastAt: Date
  /** Of the last of them. */
  readonly description: string | null
}

/** Nobody has to do anything about these: the next run tries again. */
const MEND_THEMSELVES: ReadonlySet<string> = new Set<CauseCode>([
  ...(['throttled', 'quota-busy', 'network', 'cognito-unavailable', 'token-expired'] as const),
  ...(['database-unavailable', 'table-locked', 'changed-meanwhile'] as const),
])

const NAMED = 20

interface Row extends Record<string, unknown>, Omit<Failure, 'needs' | 'lastAt'> {
  readonly lastAt: string
}

/** Why runs failed or are held, by cause: first what a person has to mend, then what passes, then what is over. */
export async function listFailures(
  db: Queryable,
  query: Pick<HistoryQuery, 'dataflowId' | 'visible' | 'since' | 'until'>,
): Promise<Failure[]> {
  const rows = await db.execute<Row>(sql`
    with trouble as (
      select r.id, r.dataflow_id, r.cause from poolkeeper.runs r
      where r.state in ('failed', 'held') and not r.dry_run and ${isAmong(sql`r.dataflow_id`, query.visible ?? null)}
        ${sql.join(conditionsOf(query).map((condition) => sql` and ${condition}`))}),
    standing as (
      select t.cause, t.id, d.name, row_number() over (partition by t.cause order by t.id desc) as nth
      from (select distinct on (dataflow_id) * from trouble order by dataflow_id, id desc) t
      join poolkeeper.dataflows d on d.id = t.dataflow_id and d.removed_at is null
      where ${NOTHING_SINCE})
    select by_cause.*, last.requested_at as "lastAt", last.description,
      coalesce((select json_agg(json_build_object('dataflow', s.name, 'run', s.id) order by s.nth)
        from standing s where s.cause = by_cause.cause and s.nth <= ${NAMED}), '[]') as standing,
      (select count(*) from standing s where s.cause = by_cause.cause) as "dataflowsStanding"
    from (select cause, count(*) as runs, max(id) as "lastRun" from trouble group by cause) by_cause
    join poolkeeper.runs last on last.id = by_cause."lastRun"`)
  return rows.map(withNeed).toSorted(byUrgency)
}

/** No later run of its dataflow has come to an end that counts: what was skipped or cancelled has mended nothing. */
const NOTHING_SINCE: SQL = sql`not exists (select from poolkeeper.runs later
  where later.dataflow_id = t.dataflow_id and later.id > t.id and not later.dry_run
    and later.state in ('succeeded', 'failed', 'held'))`

function withNeed({ lastAt, ...row }: Row): Failure {
  const needs = row.dataflowsStanding === 0 ? 'nothing' : MEND_THEMSELVES.has(row.cause) ? 'time' : 'a person'
  return { ...row, needs, lastAt: new Date(lastAt) }
}

const URGENCY: readonly Failure['needs'][] = ['a person', 'time', 'nothing']

function byUrgency(a: Failure, b: Failure): number {
  return URGENCY.indexOf(a.needs) - URGENCY.indexOf(b.needs) || b.runs - a.runs || b.lastRun - a.lastRun
}
