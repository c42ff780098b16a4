import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { nextSlot } from '../../src/dataflow/schedule.ts'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { requestRun } from '../../src/run/request.ts'
import { requestDueRuns } from '../../src/scheduler/due.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, type TestDataflow } from '../support/dataflows.ts'
import { fail } from '../support/runs.ts'

const at = (time: string) => new Date(time)
const NIGHTLY = { schedule: '30 2 * * *', timezone: 'Europe/Berlin' }

let db: Database

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
})

/** A dataflow as it is saved at a time: its next slot is the first one after it. */
const aNightly = (saved: string, fields = {}) =>
  aBareDataflow(db, { ...NIGHTLY, nextRunAt: nextSlot(NIGHTLY.schedule, NIGHTLY.timezone, at(saved)), ...fields })

const runsOf = ({ id }: TestDataflow) => db.select().from(runs).where(eq(runs.dataflowId, id)).orderBy(runs.id)
const nextOf = async ({ id }: TestDataflow) =>
  (await db.select().from(dataflows).where(eq(dataflows.id, id)))[0]?.nextRunAt

describe('a slot that has come', () => {
  test('becomes a run, once, and moves the next one on', async () => {
    const dataflow = await aNightly('2026-11-24T12:00Z')
    expect(await requestDueRuns(db, at('2026-11-25T01:29:59Z'))).toBe(0)
    expect(await requestDueRuns(db, at('2026-11-25T01:30:00Z'))).toBe(1)
    expect(await requestDueRuns(db, at('2026-11-25T01:30:01Z'))).toBe(0)
    const slot = at('2026-11-25T01:30Z')
    expect(await runsOf(dataflow)).toMatchObject([
      { trigger: 'schedule', requestedBy: 'schedule', slot, state: 'queued' },
    ])
    expect(await nextOf(dataflow)).toEqual(at('2026-11-26T01:30Z'))
  })

  test("has come by Postgres's clock, whatever the scheduler's own says", async () => {
    const dataflow = await aNightly('2026-11-24T12:00Z', { nextRunAt: new Date(Date.now() + 30 * 60_000) })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    expect(await requestDueRuns(db)).toBe(0)
    await db.update(dataflows).set({ nextRunAt: sql`now()` }).where(eq(dataflows.id, dataflow.id))
    vi.setSystemTime(Date.now() - 7_200_000)
    expect(await requestDueRuns(db)).toBe(1)
    vi.useRealTimers()
  })

  test('found by many schedulers at once is one run', async () => {
    const due = [
      await aNightly('2026-11-24T12:00Z'),
      await aNightly('2026-11-24T12:00Z'),
      await aNightly('2026-11-24T12:00Z'),
    ]
    const now = at('2026-11-25T01:30Z')
    const taken = await Promise.all([1, 2, 3, 4].map(() => requestDueRuns(db, now)))
    // those who skipped what another had locked find nothing left
    taken.push(await requestDueRuns(db, now))
    expect(taken.reduce((sum, count) => sum + count)).toBe(3)
    for (const dataflow of due) expect(await runsOf(dataflow)).toMatchObject([{ state: 'queued' }])
  })

  test('while its dataflow is running is skipped in history, and the next one comes all the same', async () => {
    const dataflow = await aNightly('2026-11-24T12:00Z')
    await requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'ada' })
    await requestDueRuns(db, at('2026-11-25T01:30Z'))
    expect(await runsOf(dataflow)).toMatchObject([{ trigger: 'manual' }, { trigger: 'schedule', state: 'skipped' }])
    expect(await nextOf(dataflow)).toEqual(at('2026-11-26T01:30Z'))
  })

  test('is not taken of a dataflow that is paused, removed or has no schedule', async () => {
    await aNightly('2026-11-24T12:00Z', { pausedAt: at('2026-11-24T13:00Z'), pauseReason: 'a freeze' })
    await aNightly('2026-11-24T12:00Z', { removedAt: at('2026-11-24T13:00Z') })
    await aBareDataflow(db)
    expect(await requestDueRuns(db, at('2027-01-01T00:00Z'))).toBe(0)
    expect(await db.select().from(runs)).toEqual([])
  })

  test('that was missed, with many after it, becomes one run; the next is counted from now', async () => {
    const dataflow = await aNightly('2026-11-01T12:00Z')
    expect(await requestDueRuns(db, at('2026-11-20T12:00Z'))).toBe(1)
    expect(await runsOf(dataflow)).toMatchObject([{ slot: at('2026-11-02T01:30Z') }])
    expect(await nextOf(dataflow)).toEqual(at('2026-11-21T01:30Z'))
    expect(await requestDueRuns(db, at('2026-11-20T12:00Z'))).toBe(0)
  })

  test('with thousands of others is taken in rounds, the longest overdue first, until nothing is left', async () => {
    await makeDue(502)
    expect(await requestDueRuns(db)).toBe(500)
    const overdueSince = (await db.select().from(dataflows).orderBy(dataflows.nextRunAt)).slice(0, 2)
    expect(overdueSince.map(({ name }) => name)).toEqual(['Due502', 'Due501'].toSorted())
    await makeDue(501, 'Later')
    expect([await requestDueRuns(db), await requestDueRuns(db)]).toEqual([500, 3])
    expect(await db.$count(runs)).toBe(1_003)
    expect(await requestDueRuns(db)).toBe(0)
  })

  test('together with those of dataflows that are running becomes a run, and theirs are skipped', async () => {
    const [idle, busy, another] = [
      await aNightly('2026-11-24T12:00Z'),
      await aNightly('2026-11-24T12:00Z'),
      await aNightly('2026-11-24T12:00Z'),
    ]
    await requestRun(db, { dataflowId: busy.id, trigger: 'manual', requestedBy: 'ada' })
    expect(await requestDueRuns(db, at('2026-11-25T01:30Z'))).toBe(3)
    const states = async (dataflow: TestDataflow) => (await runsOf(dataflow)).map(({ state }) => state)
    expect([await states(idle), await states(busy), await states(another)]).toEqual([
      ['queued'],
      ['queued', 'skipped'],
      ['queued'],
    ])
  })
})

/** Dataflows with a slot that has come, those with the higher numbers a minute later each. */
async function makeDue(count: number, name = 'Due'): Promise<void> {
  await db.execute(sql`insert into poolkeeper.dataflows
      (name, display_name, pool_id, region, tables, schedule, next_run_at)
    select ${name} || n, '', 'eu-central-1_AbCdEf123', 'eu-central-1', '[]', '0 0 1 1 *',
      now() - interval '2 days' + make_interval(mins => n)
    from generate_series(1, ${count}::int) n`)
}

describe('in the night when the clocks change in Berlin', () => {
  /** Looks every ten minutes, as if each day were its own. */
  async function slotsTaken(from: string, hours: number): Promise<(Date | null)[]> {
    const dataflow = await aNightly(from)
    for (let minute = 0; minute <= hours * 60; minute += 10) {
      await requestDueRuns(db, new Date(at(from).getTime() + minute * 60_000))
      for (const { id, state } of await runsOf(dataflow)) if (state === 'queued') await fail(db, id)
    }
    return (await runsOf(dataflow)).map(({ slot }) => slot)
  }

  test('to summer, 2:30 does not exist: it runs once, at the first time that does', async () => {
    expect(await slotsTaken('2026-03-28T20:00Z', 10)).toEqual([at('2026-03-29T01:00Z')])
  })

  test('to winter, 2:30 comes twice: it runs once, the first time', async () => {
    expect(await slotsTaken('2026-10-24T20:00Z', 10)).toEqual([at('2026-10-25T00:30Z')])
  })
})
