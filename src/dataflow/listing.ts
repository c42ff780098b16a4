import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import { AskError } from '../errors.ts'
import { LATE_SINCE } from './freshness.ts'
import { type DataflowStatus, STATUS, STATUSES } from './status.ts'

/** What an order is as text in a cursor, and read back as. A cursor that somebody made up is refused before Postgres fails at it. */
const TEXT = { type: sql.raw('text'), form: /^/ }
const NUMBER = { type: sql.raw('bigint'), form: /^-?\d{1,18}$/ }

/** In whole microseconds, as Postgres keeps them. */
const instant = (column: SQL) => sql`(extract(epoch from ${column}) * 1000000)::bigint`
const NEVER = sql.raw('999999999999999999')

/** What dataflows can be ordered by, each with what a dataflow without it counts as. */
const ORDERS = {
  name: { key: sql`lower_name`, ...TEXT },
  status: { key: sql`array_position(${statusArray()}, status)`, ...NUMBER },
  connector: { key: sql`connector`, ...TEXT },
  tables: { key: sql`jsonb_array_length(tables)`, ...NUMBER },
  rows: { key: sql`coalesce(rows, -1)`, ...NUMBER },
  createdAt: { key: instant(sql`created_at`), ...NUMBER },
  updatedAt: { key: instant(sql`updated_at`), ...NUMBER },
  refreshedAt: { key: sql`coalesce(${instant(sql`refreshed_at`)}, -1)`, ...NUMBER },
  nextRunAt: { key: sql`coalesce(${instant(sql`next_run_at`)}, ${NEVER})`, ...NUMBER },
} as const

export type DataflowOrder = keyof typeof ORDERS
export const DATAFLOW_ORDERS = Object.keys(ORDERS) as [DataflowOrder, ...DataflowOrder[]]

/** Failed and held ones both wait for somebody to act. */
const NEEDS_A_PERSON: readonly DataflowStatus[] = ['failed', 'held']

/** What dataflows can be put together by: what a group is sorted by, and what it is called. */
const GROUPS = {
  name: { key: sql`upper(left(name, 1))`, label: sql`upper(left(name, 1))` },
  connector: { key: sql`connector`, label: sql`connector` },
  status: {
    key: sql`lpad((case when ${isOneOf(NEEDS_A_PERSON)} then 0 else array_position(${statusArray()}, status) end)::text, 2, '0')`,
    label: sql`(case when ${isOneOf(NEEDS_A_PERSON)} then 'needs a person' else status end)`,
  },
  // whoever has none comes last
  tag: { key: sql`coalesce('0' || tag, '1')`, label: sql`tag` },
} as const

export type DataflowGrouping = keyof typeof GROUPS
export const DATAFLOW_GROUPINGS = Object.keys(GROUPS) as [DataflowGrouping, ...DataflowGrouping[]]

/** Which dataflows somebody wants to see, and how. */
export interface Listing {
  /** Text that stands in the name, the display name or the pool's id, whatever its case. */
  readonly search?: string | undefined
  readonly status?: readonly DataflowStatus[] | undefined
  readonly connector?: string | undefined
  readonly tag?: string | undefined
  readonly sort?: { readonly by: DataflowOrder; readonly descending: boolean } | undefined
  /** By tag a dataflow stands once under each of its own. */
  readonly group?: DataflowGrouping | undefined
  /** What groups are called of which the first dataflow is enough, '' for those without a tag. */
  readonly folded?: readonly string[] | undefined
  /** Where the page before ended. */
  readonly after?: Place | undefined
  readonly limit?: number | undefined
}

/** Where a dataflow stands in a listing: its group, what it is sorted by, and its name. */
export type Place = readonly [group: string, order: string, name: string]

/** One line of a listing, with what of it cost nothing more to find out. */
export interface Listed extends Record<string, unknown> {
  readonly id: number
  readonly status: DataflowStatus
  readonly rows: number | null
  readonly refreshedAt: string | null
  readonly lateSince: string | null
  readonly lastRun: number | null
  /** What its group is called, and how many stand in it on all pages; null where nothing is grouped, and for who has no tag. */
  readonly group: string | null
  readonly groupSize: number
  /** How many there are on all pages, and their rows. */
  readonly total: number
  readonly totalRows: number
  readonly place: Place
}

/**
 * The ids of the dataflows that fit a listing, in its order. Joined to their last imports, a thousand dataflows made Postgres
 * read all of 100,000 runs (25 of 55 ms); asked for one by one, by index, they take 2. `offset 0` keeps it from working out
 * how late a dataflow is in each place that mentions it.
 */
export function selectListed(db: Queryable, visible: Visible, listing: Listing): PromiseLike<Listed[]> {
  const { sort = { by: 'name', descending: false }, group, limit } = listing
  const { key, label } = group ? GROUPS[group] : { key: sql`''`, label: sql`null::text` }
  const order = ORDERS[sort.by].key
  const direction = sort.descending ? sql`desc` : sql`asc`
  return db.execute<Listed>(sql`
    with standing as (
      select d.id, d.name, lower(d.name) as lower_name, d.tables, d.tags, d.connector, d.created_at, d.updated_at, d.next_run_at,
        r.id as last_run, late_since, ${STATUS} as status,
        (select refresh.finished_at from poolkeeper.runs refresh where refresh.id = p.snapshot_id) as refreshed_at,
        (select sum(t.rows)::bigint from poolkeeper.run_tables t where t.run_id = p.snapshot_id) as rows
      from poolkeeper.dataflows d join poolkeeper.published p on p.dataflow_id = d.id
      cross join lateral (select ${LATE_SINCE} as late_since offset 0) late
      left join lateral (
        select id, state from poolkeeper.runs
        where dataflow_id = d.id and state <> 'skipped' order by id desc limit 1) r on true
      where d.removed_at is null and ${isAmong(sql`d.id`, visible)} and ${isFound(listing)}
    ), fitting as (
      select *, ${label} as "group", ${key} collate "C" as group_key, ${order} as order_key
      from standing ${group === 'tag' ? sql`left join lateral unnest(tags) as tag on true` : sql``}
      where ${hasStatus(listing)}
    ), counted as (
      select *, count(*) over (partition by group_key) as group_size,
        row_number() over (partition by group_key order by order_key ${direction}, lower_name) as nth
      from fitting
    ), totals as (
      select count(*) as total, coalesce(sum(rows), 0)::bigint as total_rows from standing where ${hasStatus(listing)}
    )
    select id, status, rows, refreshed_at as "refreshedAt", late_since as "lateSince", last_run as "lastRun",
      "group", group_size as "groupSize", total, total_rows as "totalRows",
      jsonb_build_array(group_key, order_key::text, lower_name) as place
    from counted cross join totals where ${isBehind(sort, listing.after)} and ${isUnfolded(listing)}
    order by group_key, order_key ${direction}, lower_name limit ${limit ?? null}`)
}

function isFound({ search, connector, tag }: Listing): SQL {
  const conditions = [
    search
      ? sql`position(lower(${search}) in lower(concat_ws(' ', d.name, d.display_name, d.pool_id))) > 0`
      : sql`true`,
    connector === undefined ? sql`true` : sql`d.connector = ${connector}`,
    tag === undefined ? sql`true` : sql`${tag} = any(d.tags)`,
  ]
  return sql.join(conditions, sql` and `)
}

const hasStatus = ({ status }: Listing) => (status ? isOneOf(status) : sql`true`)

function isOneOf(statuses: readonly DataflowStatus[]): SQL {
  return sql`status in (select jsonb_array_elements_text(${JSON.stringify(statuses)}))`
}

/** @throws AskError 'bad-input' for a place that is none in this order */
function isBehind({ by, descending }: NonNullable<Listing['sort']>, after: Place | undefined): SQL {
  if (!after) return sql`true`
  const [group, order, name] = after
  const { type, form } = ORDERS[by]
  if (!form.test(order))
    throw new AskError('bad-input', 'This cursor is of a list in another order; begin without one.')
  const place = sql`${order}::${type}`
  return sql`(group_key > ${group} collate "C" or group_key = ${group} and (order_key ${descending ? sql`<` : sql`>`} ${place}
    or order_key = ${place} and lower_name > ${name}))`
}

function isUnfolded({ folded = [] }: Listing): SQL {
  if (folded.length === 0) return sql`true`
  return sql`(nth = 1 or coalesce("group", '') not in (select jsonb_array_elements_text(${JSON.stringify(folded)})))`
}

/** The statuses as an array of Postgres's. A function, because the tables above are made before a constant below would be. */
function statusArray(): SQL {
  return sql.raw(`array[${STATUSES.map((status) => `'${status}'`).join(', ')}]`)
}
