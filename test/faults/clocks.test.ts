import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { nextSlot } from '../../src/dataflow/schedule.ts'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { requestDueRuns } from '../../src/scheduler/due.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { createLine, type Line } from '../support/line.ts'
import { canTurnClocks, clockOf } from '../support/otherClock.ts'
import { expectExactlyOnce, SOON, USERS_ONLY } from '../support/watching.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

const whereClocksCanBeTurned = test.runIf(canTurnClocks)

whereClocksCanBeTurned(
  'with libfaketime: two schedulers two hours apart make one run of each slot, none early and none late',
  async () => {
    const line = await createLine({ users: 5, groups: 0, emptyPages: 0 })
    const flows = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => `Flow${letter}`)
    for (const name of flows) await line.createDataflow({ name, schedule: '0 3 * * *', ...USERS_ONLY })
    await setDue(line, 'FlowA', '0 minutes')
    // an hour ahead of Postgres they would have been due for long
    for (const name of flows.slice(1)) await setDue(line, name, '30 minutes')
    await line.startHere(['worker'])
    for (const offset of ['+1h', '-1h']) line.startWith(clockOf(offset), 'scheduler')

    await vi.waitFor(async () => expect(await runsOf(line)).toEqual({ FlowA: 1 }), SOON)
    for (const name of flows.slice(1)) await setDue(line, name, '0 minutes')
    await vi.waitFor(async () => expect(Object.keys(await runsOf(line))).toEqual(flows), SOON)
    await vi.waitFor(async () => expect(await line.db.execute(UNDER_WAY)).toEqual([]), SOON)
    expect(await runsOf(line)).toEqual(Object.fromEntries(flows.map((name) => [name, 1])))
    const next = await line.db.execute<{ at: Date }>(sql`select distinct next_run_at as at from poolkeeper.dataflows`)
    const now = await line.db.execute<{ now: Date }>(sql`select now()`)
    expect(next.map(({ at }) => new Date(at))).toEqual([nextSlot('0 3 * * *', 'UTC', new Date(now[0]?.now ?? 0))])
  },
)

whereClocksCanBeTurned(
  'with libfaketime: what a worker an hour ahead puts off is gone on with at once by one an hour behind, and is exact',
  async () => {
    const line = await createLine({ users: 2_100, groups: 2 })
    await line.startHere(['scheduler'])
    const dataflow = await line.createDataflow({ name: 'Apart' })
    const watch = watchPublished(line, 'apart')
    watch.allow()
    const over = line.sandbox.faults.add({ kind: 'error500', operation: 'ListUsers' })
    const ahead = line.startWith(clockOf('+1h'), 'worker')
    const run = await line.request(dataflow)
    await vi.waitFor(async () => expect(await line.db.execute(WAITING)).toHaveLength(16), SOON)
    ahead.kill('SIGTERM')
    await ahead.finished
    over()
    line.startWith(clockOf('-1h'), 'worker')
    const from = performance.now()
    const ended = await line.ended(run)
    expect(ended).toMatchObject({ state: 'succeeded', cause: null })
    await expectExactlyOnce(line, 'apart')
    expect((await watch.stop()).seen).toHaveLength(2)
    figure('from the start of the worker that goes on to the end', (performance.now() - from) / 1_000, 's')
  },
)

const UNDER_WAY = sql`select from poolkeeper.runs where finished_at is null`
const WAITING = sql`select from poolkeeper.tasks where kind = 'stream' and waiting_since is not null`

async function setDue({ db }: Line, name: string, ahead: string): Promise<void> {
  await db.execute(sql`update poolkeeper.dataflows set next_run_at = now() + ${ahead}::interval where name = ${name}`)
}

/** How many runs each dataflow has that has any. */
async function runsOf({ db }: Line): Promise<Record<string, number>> {
  const rows = await db.execute<{ name: string; runs: number }>(sql`
    select name, count(*)::int as runs from poolkeeper.runs r join poolkeeper.dataflows d on d.id = r.dataflow_id
    group by name order by name`)
  return Object.fromEntries(rows.map((row) => [row.name, row.runs]))
}

interface Night {
  readonly zone: string
  readonly cron: string
  readonly from: string
  readonly slot: string
}

const NIGHTS: readonly Night[] = [
  { zone: 'Europe/Berlin', cron: '30 2 * * *', from: '2026-03-28T23:00Z', slot: '2026-03-29T01:00Z' },
  { zone: 'Europe/Berlin', cron: '30 2 * * *', from: '2026-10-24T22:00Z', slot: '2026-10-25T00:30Z' },
  { zone: 'America/New_York', cron: '30 2 * * *', from: '2026-03-08T05:00Z', slot: '2026-03-08T07:00Z' },
  { zone: 'America/New_York', cron: '30 1 * * *', from: '2026-11-01T04:00Z', slot: '2026-11-01T05:30Z' },
]

const NIGHT_MINUTES = 5 * 60

test.each(NIGHTS)(
  'two schedulers that look every minute of the night of $slot make one run of $cron in $zone',
  async ({ zone, cron, from, slot }) => {
    const { db, url } = await createTestDatabase()
    const other = openDatabase(url, { name: 'test' })
    onTestFinished(() => closeDatabase(other))
    const midnight = new Date(from)
    await aBareDataflow(db, { schedule: cron, timezone: zone, nextRunAt: nextSlot(cron, zone, midnight) })
    for (let minute = 0; minute <= NIGHT_MINUTES; minute++) {
      const at = new Date(midnight.getTime() + minute * 60_000)
      await Promise.all([requestDueRuns(db, at), requestDueRuns(other, at)])
    }
    expect(await db.select({ slot: runs.slot, state: runs.state }).from(runs)).toEqual([
      { slot: new Date(slot), state: 'queued' },
    ])
  },
)
