import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { type Seen, type StreamSource, tasks } from '../../src/db/schema/tasks.ts'
import { checkpointFence, lockRun, type Passed } from '../../src/run/tasks.ts'
import { splitSlowest } from '../../src/worker/splitSlowest.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { ALL_USERS, aStreamingRun, claimed, NO_USAGE, shard, streamsOf } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

/** A run whose shards have come as far as this. */
async function aRunWith(
  shards: Readonly<Record<string, Partial<typeof tasks.$inferInsert>>>,
  ...others: StreamSource[]
) {
  const run = await aStreamingRun(db, await aDataflow(db), [...Object.keys(shards).map(shard), ...others])
  for (const { id, stream } of await streamsOf(db, run)) {
    const soFar = shards[stream?.prefix ?? '']
    if (soFar) await db.update(tasks).set(soFar).where(eq(tasks.id, id))
  }
  return run
}

const seen = (last: string, orderly = true): Seen => ({ first: `${last[0]}0000`, last, orderly })
const FAR_BEHIND = { seen: seen('a2f00'), rows: 600 }

const split = (run: number) =>
  db.transaction(async (tx) => {
    await lockRun(tx, run)
    await splitSlowest(tx, run)
  })

const streams = async (run: number) => (await streamsOf(db, run)).map(({ stream }) => stream)

const waitingForALock = () => db.$client`select 1 from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`

describe('when a stream has ended', () => {
  test('the shard with most left to read is split, and the others are left alone', async () => {
    const run = await aRunWith({ '7': { seen: seen('7f000'), rows: 600 }, a: FAR_BEHIND })
    await split(run)
    expect(await streams(run)).toEqual([
      shard('7'),
      { ...shard('a'), until: 'a3' },
      ...[...'3456789abcdef'].map((digit) => shard(`a${digit}`)),
    ])
    expect((await streamsOf(db, run)).at(-1)).toMatchObject({ label: 'users · af', state: 'ready', dispatchedAt: null })
  })

  test('it is split further where requests do not wait for their quota: answers take so long that more have to be under way', async () => {
    const others = Array.from({ length: 15 }, (_, n) => ({ source: 'group_members', group: `group ${n}` }))
    for (const [waitedMs, until] of [
      [150_000, undefined],
      [0, 'a3'],
    ] as const) {
      const run = await aRunWith({ a: { ...FAR_BEHIND, requests: 1_000, waitedMs } }, ...others)
      await split(run)
      expect((await streams(run))[0]).toEqual({ ...shard('a'), ...(until && { until }) })
    }
  })

  test('nothing is split while as many streams are under way as a pool begins with, of whatever kind', async () => {
    const groups = Array.from({ length: 15 }, (_, n) => ({ source: 'group_members', group: `group ${n}` }))
    const run = await aRunWith({ a: FAR_BEHIND }, ...groups)
    await split(run)
    expect(await streams(run)).toEqual([shard('a'), ...groups])
  })

  test('nothing is split where subs came in no order, or where nothing is left', async () => {
    for (const shards of [{ a: { seen: seen('a2f00', false), rows: 600 } }, { a: { rows: 0 } }]) {
      const run = await aRunWith(shards, ALL_USERS)
      const before = await streams(run)
      await split(run)
      expect(await streams(run)).toEqual(before)
    }
  })

  test('whoever reads the shard meanwhile hears of its end with the next commit', async () => {
    const run = await aRunWith({ a: FAR_BEHIND })
    const claim = await claimed(db, (await streamsOf(db, run))[0]?.id ?? 0)
    const commit = (page: number) => {
      const next = { page: page + 1, token: 'next', loopMark: null, seen: seen('a2fff') }
      const fence = checkpointFence(claim, { ...next, page }, next, { rows: 60, usage: NO_USAGE, done: false })
      return db.execute<Passed>(fence)
    }
    expect(await commit(0)).toEqual([{ until: null }])
    await split(run)
    expect(await commit(1)).toEqual([{ until: 'a3' }])
  })

  test('a page that is committed at the same moment counts: the split is made of what is left then', async () => {
    const run = await aRunWith({ a: FAR_BEHIND })
    const [task] = await streamsOf(db, run)
    let goOn = () => undefined as undefined
    const committed = db.transaction(async (tx) => {
      await tx
        .update(tasks)
        .set({ seen: seen('a8f00'), rows: 6_000 })
        .where(eq(tasks.id, task?.id ?? 0))
      await new Promise<void>((resolve) => {
        goOn = () => void resolve()
      })
    })
    const splitting = split(run)
    await expect.poll(() => waitingForALock()).toHaveLength(1)
    goOn()
    await Promise.all([committed, splitting])
    expect((await streams(run))[0]).toEqual({ ...shard('a'), until: 'a9' })
  })

  test('a shard that ends at the same moment is not split', async () => {
    const run = await aRunWith({ a: FAR_BEHIND })
    await db.update(tasks).set({ state: 'done' }).where(eq(tasks.runId, run))
    await split(run)
    expect(await streams(run)).toEqual([shard('a')])
  })
})
