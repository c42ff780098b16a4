import { sql } from 'drizzle-orm'
import { shapesOf } from '../src/dataflow/shapes.ts'
import { closeDatabase, type Database, openDatabase } from '../src/db/database.ts'

export const DATAFLOWS = 1_000
export const NIGHTS = 100
/** Of so many nights the tasks are still there: they go a week after their run. */
const NIGHTS_WITH_TASKS = 7
/** As many as a dataflow keeps by itself. */
const KEPT = 7
const TABLES = [
  { source: 'users', purpose: 'Customer 360' },
  { source: 'groups', purpose: 'All' },
  { source: 'group_members', purpose: 'All' },
] as const
const SHAPES = JSON.stringify(shapesOf(TABLES, null))

/** A statement writes up to half a million rows. */
const PATIENCE_MS = 300_000

/**
 * Dataflows `Pool1` to `Pool1000` that have run each night for a hundred nights, as they stand in Postgres: one run in fifty
 * failed, some dataflows are held, some run just now. Their tables would be of no account: no page but those about rows reads
 * them.
 */
export async function writeLongHistory(databaseUrl: string): Promise<void> {
  const db = openDatabase(databaseUrl, { name: 'bench history', patienceMs: PATIENCE_MS })
  try {
    await writeDataflows(db)
    await writeRuns(db)
    await writeWhatRunsLeave(db)
    await writeRunsUnderWay(db)
    // autovacuum has done so in any database that came to this in a hundred nights
    await db.execute(sql`vacuum analyze`)
  } finally {
    await closeDatabase(db)
  }
}

async function writeDataflows(db: Database): Promise<void> {
  await db.execute(sql`
    with made as (
      insert into poolkeeper.dataflows (name, display_name, pool_id, region, tables, tags, schedule, timezone, next_run_at,
        paused_at, pause_reason, freshness_minutes, created_at)
      select 'Pool' || n, 'Customers of tenant ' || n, 'eu-central-1_Pool' || n, 'eu-central-1',
        ${JSON.stringify(TABLES)}::jsonb,
        (case n % 3 when 0 then '{eu,prod}' when 1 then '{us}' else '{}' end)::text[],
        '30 2 * * *', 'Europe/Berlin', now() + interval '12 hours',
        case when n % 40 = 0 then now() end, case when n % 40 = 0 then 'by ana' end, 2 * 24 * 60, now() - interval '101 days'
      from generate_series(1, ${DATAFLOWS}::int) n returning id
    ), let_in as (
      insert into poolkeeper.credentials (dataflow_id, kind) select id, 'ambient' from made
    )
    insert into poolkeeper.published (dataflow_id) select id from made`)
}

/** Night after night, as they were numbered. */
async function writeRuns(db: Database): Promise<void> {
  await db.execute(sql`
    insert into poolkeeper.runs (dataflow_id, trigger, requested_by, priority, slot, state, cause, description, estimated_users,
      pool_id, account_id, requests, requested_at, started_at, finished_at)
    select d.id, 'schedule', 'schedule', 'nightly', at, outcome,
      case outcome when 'failed' then 'permission-missing' when 'held' then 'guard' end,
      case outcome when 'failed' then 'AWS denied \`cognito-idp:ListGroups\`. Run \`poolkeeper policy ' || d.name || '\`.'
        when 'held' then 'Would remove 41,220 users (38 %).' end,
      1000 + d.id, d.pool_id, lpad((d.id % 40)::text, 12, '1'), 40, at, at + interval '1 second', at + interval '1 minute'
    from generate_series(1, ${NIGHTS}::int) night
    cross join poolkeeper.dataflows d
    cross join lateral (select date_trunc('day', now()) - make_interval(days => ${NIGHTS}::int - night, hours => 1) as at) slot
    cross join lateral (select case when (d.id * 7 + night * 13) % 50 = 0 then 'failed'
      when night = ${NIGHTS}::int and d.id % 100 = 1 then 'held' else 'succeeded' end as outcome) o
    where d.name like 'Pool%' order by night, d.id`)
}

async function writeWhatRunsLeave(db: Database): Promise<void> {
  const ours = sql`poolkeeper.runs r join poolkeeper.dataflows d on d.id = r.dataflow_id and d.name like 'Pool%'`
  await db.execute(sql`
    insert into poolkeeper.run_tables (run_id, "table", rows, added, removed, changed)
    select r.id, source, case source when 'users' then 1000 + d.id + r.id / 1000 else 20 end, 12, 3, 41
    from ${ours} cross join unnest(array['users', 'groups', 'group_members']) source where r.state <> 'failed'`)
  await db.execute(sql`
    insert into poolkeeper.snapshots (id, dataflow_id, state, tables)
    select r.id, d.id, case when r.state = 'held' then 'held'
        when row_number() over (partition by d.id order by r.id desc) <= ${KEPT}::int then 'kept' else 'dropped' end,
      ${SHAPES}::jsonb
    from ${ours} where r.state <> 'failed'`)
  await db.execute(sql`
    update poolkeeper.published p set snapshot_id = latest.id, published_at = now()
    from (select dataflow_id, max(id) as id from poolkeeper.snapshots where state = 'kept' group by dataflow_id) latest
    where latest.dataflow_id = p.dataflow_id and p.snapshot_id is null`)
  await db.execute(sql`
    insert into poolkeeper.tasks (run_id, kind, label, stream, state, rows, requests)
    select r.id, 'stream', 'users · ' || n, jsonb_build_object('source', 'users', 'prefix', to_hex(n)), 'done', 70, 2
    from ${ours} cross join generate_series(0, 15) n
    where r.requested_at > now() - make_interval(days => ${NIGHTS_WITH_TASKS}::int)`)
  await db.execute(sql`
    insert into poolkeeper.run_log (run_id, at, message)
    select r.id, r.started_at, 'Line ' || n || ' of what happened.' from ${ours} cross join generate_series(1, 5) n`)
  await db.execute(sql`
    insert into poolkeeper.audit (at, actor, via, action, dataflow_id, target, origin)
    select r.requested_at, 'ana', 'session', 'requestRun', d.id, 'run ' || r.id, '10.0.0.1'
    from ${ours} where r.id % 4 = 0 order by r.id`)
}

/** One dataflow in fifty imports just now. */
async function writeRunsUnderWay(db: Database): Promise<void> {
  await db.execute(sql`
    with started as (
      insert into poolkeeper.runs (dataflow_id, trigger, requested_by, state, estimated_users, started_at)
      select id, 'manual', 'ana', 'streaming', 2000, now() - interval '10 seconds'
      from poolkeeper.dataflows where name like 'Pool%' and id % 50 = 2 returning id, dataflow_id
    ), building as (
      insert into poolkeeper.snapshots (id, dataflow_id, tables) select id, dataflow_id, ${SHAPES}::jsonb from started
    )
    insert into poolkeeper.tasks (run_id, kind, label, stream, rows)
    select started.id, 'stream', 'users · ' || n, jsonb_build_object('source', 'users', 'prefix', to_hex(n)), 60
    from started cross join generate_series(0, 15) n`)
}
