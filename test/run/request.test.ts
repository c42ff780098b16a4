import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { type RunRequest, requestRun, requestRuns } from '../../src/run/request.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aRun, fail } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const request = ({ id }: TestDataflow, fields: Partial<RunRequest> = {}) =>
  requestRun(db, { dataflowId: id, trigger: 'manual', requestedBy: 'ada', ...fields })
const TABLES = ['users', 'groups', 'user_pool'].map((source) => ({ source, purpose: 'All' as const }))
const runsOf = ({ id }: TestDataflow) => db.select().from(runs).where(eq(runs.dataflowId, id)).orderBy(runs.id)
const twenty = <T>(make: (n: number) => Promise<T>) => Promise.all(Array.from({ length: 20 }, (_, n) => make(n)))

describe('requesting a run', () => {
  test('records it, with the task that plans it, ready to be dispatched', async () => {
    const dataflow = await aBareDataflow(db)
    const { id, state } = await request(dataflow, { trigger: 'api', requestedBy: 'grace' })
    expect(state).toBe('queued')
    expect(await runsOf(dataflow)).toMatchObject([
      { id, trigger: 'api', requestedBy: 'grace', state: 'queued', requestedAt: expect.any(Date), startedAt: null },
    ])
    const planned = await db.select().from(tasks).where(eq(tasks.runId, id))
    expect(planned).toMatchObject([{ kind: 'plan', state: 'ready', dispatchedAt: null }])
  })

  test('while one is under way is skipped, and history says because of which', async () => {
    const dataflow = await aBareDataflow(db)
    const running = await request(dataflow)
    expect(await request(dataflow)).toMatchObject({ state: 'skipped' })
    const [, skipped] = await runsOf(dataflow)
    expect(skipped).toMatchObject({
      cause: 'already-running',
      description: expect.stringContaining(`Run ${running.id} of this dataflow was still under way`),
      finishedAt: expect.any(Date),
    })
    expect(
      await db
        .select()
        .from(tasks)
        .where(eq(tasks.runId, skipped?.id ?? 0)),
    ).toEqual([])
  })

  test.each(['held', 'failed', 'succeeded', 'skipped'] as const)(
    'after one that is %s begins another',
    async (state) => {
      const dataflow = await aBareDataflow(db)
      await aRun(db, dataflow, state)
      expect(await request(dataflow)).toMatchObject({ state: 'queued' })
    },
  )

  test('by twenty at once runs once, and skips the others', async () => {
    const dataflow = await aBareDataflow(db)
    const states = (await twenty((n) => request(dataflow, { requestedBy: `person ${n}` }))).map(({ state }) => state)
    expect(states.filter((state) => state === 'queued')).toHaveLength(1)
    expect(states.filter((state) => state === 'skipped')).toHaveLength(19)
    expect(await runsOf(dataflow)).toHaveLength(20)
  })

  test('of two dataflows at once runs both', async () => {
    const both = [await aBareDataflow(db), await aBareDataflow(db)]
    const requested = await Promise.all(both.map((dataflow) => request(dataflow)))
    expect(requested.map(({ state }) => state)).toEqual(['queued', 'queued'])
  })
})

describe('requesting many runs', () => {
  test('gives each its own, in their order: begun, skipped, or the one that is there', async () => {
    const [idle, busy, again, another] = [
      await aBareDataflow(db),
      await aBareDataflow(db),
      await aBareDataflow(db),
      await aBareDataflow(db),
    ]
    const slot = new Date('2026-11-25T02:30Z')
    await request(busy)
    const known = await request(again, { slot })
    const requests = [busy, idle, again, another].map(
      ({ id }): RunRequest => ({ dataflowId: id, trigger: 'schedule', requestedBy: 'schedule', slot }),
    )
    const requested = await db.transaction((tx) => requestRuns(tx, requests))
    expect(requested.map(({ state }) => state)).toEqual(['skipped', 'queued', 'queued', 'queued'])
    expect(requested[2]).toEqual({ ...known, repeated: true })
    expect(await runsOf(idle)).toMatchObject([{ id: requested[1]?.id, priority: 'nightly', slot }])
    expect(await runsOf(another)).toMatchObject([{ id: requested[3]?.id }])
    const plans = await db
      .select()
      .from(tasks)
      .where(eq(tasks.runId, requested[3]?.id ?? 0))
    expect(plans).toMatchObject([{ kind: 'plan', state: 'ready' }])
  })
})

describe('a request that is made twice', () => {
  test.each([
    ['with one key', { requestKey: 'order 1' }],
    ['for one slot', { slot: new Date('2026-11-25T02:30Z') }],
  ])('%s is the same run, also when that has ended', async (_, same) => {
    const dataflow = await aBareDataflow(db)
    const first = await request(dataflow, same)
    expect(await request(dataflow, same)).toEqual({ ...first, repeated: true })
    await fail(db, first.id)
    expect(await request(dataflow, same)).toEqual({ id: first.id, state: 'failed', repeated: true })
    expect(await runsOf(dataflow)).toHaveLength(1)
  })

  test.each([
    ['with one key', { requestKey: 'order 2' }],
    ['for one slot', { slot: new Date('2026-11-25T02:30Z') }],
  ])('%s by twenty at once is one run', async (_, same) => {
    const dataflow = await aBareDataflow(db)
    const ids = (await twenty(() => request(dataflow, same))).map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
    expect(await runsOf(dataflow)).toMatchObject([{ state: 'queued' }])
  })

  test.each([
    ['with one key', { requestKey: 'order 3' }],
    ['for one slot', { slot: new Date('2026-11-25T02:30Z') }],
  ])('%s by twenty at once, while another run is under way, is skipped once', async (_, same) => {
    const dataflow = await aBareDataflow(db)
    await request(dataflow)
    const ids = (await twenty(() => request(dataflow, same))).map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
    expect((await runsOf(dataflow)).map(({ state }) => state)).toEqual(['queued', 'skipped'])
  })

  test('for the same slot of two dataflows is two runs', async () => {
    const slot = new Date('2026-11-25T02:30Z')
    const [one, other] = [await aBareDataflow(db), await aBareDataflow(db)]
    expect(await request(one, { slot })).toMatchObject({ state: 'queued' })
    expect(await request(other, { slot })).toMatchObject({ state: 'queued' })
  })
})

describe('requesting with a key that was used', () => {
  test('is the same request only for the same thing, and names the run otherwise', async () => {
    const dataflow = await aBareDataflow(db, { tables: TABLES })
    const { id } = await request(dataflow, { requestKey: 'order-7', tables: ['users'] })
    expect(await request(dataflow, { requestKey: 'order-7', tables: ['users'], requestedBy: 'bob' })).toEqual({
      id,
      state: 'queued',
      repeated: true,
    })
    for (const other of [{}, { tables: ['groups'] }, { tables: ['users'], dryRun: true }]) {
      const refused = request(dataflow, { requestKey: 'order-7', ...other })
      await expect(refused).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`Run ${id}`) })
    }
    const another = await aBareDataflow(db, { tables: TABLES })
    await expect(request(another, { requestKey: 'order-7', tables: ['users'] })).rejects.toThrow(/the same key/)
    expect(await runsOf(another)).toEqual([])
  })

  test('is the same request also once the dataflow imports other tables', async () => {
    const dataflow = await aBareDataflow(db, { tables: TABLES })
    const asked = { requestKey: 'order-8', tables: ['users', 'groups'] }
    const { id } = await request(dataflow, asked)
    const now = [{ source: 'users', purpose: 'All' as const }]
    await db.update(dataflows).set({ tables: now }).where(eq(dataflows.id, dataflow.id))
    expect(await request(dataflow, { ...asked, tables: ['groups', 'users'] })).toMatchObject({ id, repeated: true })
  })
})

describe('a key that holds for some hours', () => {
  const keyed = { requestKey: 'nightly-report', keyHours: 24 }
  const requestedEarlier = (id: number, interval: string) =>
    db
      .update(runs)
      .set({ requestedAt: sql`now() - ${interval}::interval` })
      .where(eq(runs.id, id))

  test('is the same run until then, and free afterwards, for one of twenty who take it at once', async () => {
    const dataflow = await aBareDataflow(db)
    const { id } = await request(dataflow, keyed)
    await fail(db, id)
    await requestedEarlier(id, '23 hours 59 minutes')
    expect(await request(dataflow, keyed)).toMatchObject({ id, repeated: true })
    await requestedEarlier(id, '24 hours')
    const ids = new Set((await twenty(() => request(dataflow, { ...keyed, dryRun: true }))).map(({ id }) => id))
    expect(ids.size).toBe(1)
    expect([...ids]).not.toContain(id)
  })

  test('is never free where nobody said how long it holds', async () => {
    const dataflow = await aBareDataflow(db)
    const { id } = await request(dataflow, { requestKey: 'queue:order-9' })
    await requestedEarlier(id, '10 years')
    expect(await request(dataflow, { requestKey: 'queue:order-9' })).toMatchObject({ id, repeated: true })
  })
})

describe('requesting a run of some tables', () => {
  test('keeps which, once each and in the order of its dataflow; all of them are nothing special', async () => {
    const dataflow = await aBareDataflow(db, { tables: TABLES })
    const { id } = await request(dataflow, { tables: ['user_pool', 'users', 'user_pool'] })
    expect(await request(dataflow, { tables: ['users'] })).toMatchObject({ state: 'skipped' })
    await fail(db, id)
    await request(dataflow, { tables: ['user_pool', 'groups', 'users'] })
    expect((await runsOf(dataflow)).map(({ tables }) => tables)).toEqual([['users', 'user_pool'], ['users'], null])
  })

  test('that it does not import is refused with those that it does', async () => {
    const dataflow = await aBareDataflow(db, { name: 'Three', tables: TABLES })
    await expect(request(dataflow, { tables: ['users', 'user_mfa'] })).rejects.toMatchObject({
      code: 'bad-input',
      description: 'Three does not import user_mfa. It imports users, groups, and user_pool.',
    })
    expect(await runsOf(dataflow)).toEqual([])
  })
})

describe('requesting a run of a dataflow that is gone', () => {
  async function waiting(): Promise<number> {
    const rows = await db.execute(sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    return rows.length
  }

  test('is refused, and leaves no run behind', async () => {
    const removed = await aBareDataflow(db, { removedAt: new Date() })
    await expect(request(removed)).rejects.toMatchObject({ name: 'AskError', code: 'not-found' })
    await expect(request({ ...removed, id: 999_999 })).rejects.toMatchObject({ code: 'not-found' })
    expect(await runsOf(removed)).toEqual([])
  })

  test('waits for whoever is removing it', async () => {
    const dataflow = await aBareDataflow(db)
    let requested: Promise<unknown> = Promise.resolve()
    await db.transaction(async (tx) => {
      const itself = eq(dataflows.id, dataflow.id)
      await tx.select().from(dataflows).where(itself).for('update')
      await tx.update(dataflows).set({ removedAt: new Date() }).where(itself)
      requested = request(dataflow).catch((error: unknown) => error)
      await vi.waitFor(async () => expect(await waiting()).toBe(1), { interval: 5 })
    })
    expect(await requested).toMatchObject({ code: 'not-found' })
  })
})
