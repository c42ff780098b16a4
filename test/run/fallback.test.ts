import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { type StreamSource, tasks } from '../../src/db/schema/tasks.ts'
import { readUsersAsOneStream, usersRead } from '../../src/run/fallback.ts'
import { claimTask, finishTask, publishWhenAllRead } from '../../src/run/tasks.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import {
  ALL_USERS,
  aStreamingRun,
  claimed,
  fail,
  firstPage,
  NO_USAGE,
  readToTheEnd,
  shard,
  streamsOf,
} from '../support/runs.ts'

const GROUPS: StreamSource = { source: 'groups' }

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const aRunOf = async (...streams: StreamSource[]) => aStreamingRun(db, await aDataflow(db), streams)
const fallBack = (run: number) => db.transaction((tx) => readUsersAsOneStream(tx, run))
const counted = (run: number) => usersRead(db, run)
const stateOf = async (run: number) => (await db.select().from(runs).where(eq(runs.id, run)))[0]?.state
const publishOf = async (run: number) =>
  (
    await db
      .select()
      .from(tasks)
      .where(and(eq(tasks.runId, run), eq(tasks.kind, 'publish')))
  )[0]

describe('what was read of the users', () => {
  test('is counted over all shards, and nothing else', async () => {
    const run = await aRunOf(shard('0'), shard('1'), GROUPS)
    for (const [n, { id }] of (await streamsOf(db, run)).entries()) {
      await db.execute(firstPage(await claimed(db, id), { rows: 10 ** n }))
    }
    expect(await counted(run)).toEqual({ byShards: 11, asOneStream: null })
  })

  test('is counted apart for the one stream that came after them', async () => {
    const run = await aRunOf(shard('0'), GROUPS)
    const [first] = await streamsOf(db, run)
    await db.execute(firstPage(await claimed(db, first?.id ?? 0), { rows: 7 }))
    await fallBack(run)
    expect(await counted(run)).toEqual({ byShards: 7, asOneStream: 0 })
    const whole = (await streamsOf(db, run)).at(-1)
    await db.execute(firstPage(await claimed(db, whole?.id ?? 0), { rows: 12 }))
    expect(await counted(run)).toEqual({ byShards: 7, asOneStream: 12 })
  })

  test('is nothing to hold against the pool where there were no shards', async () => {
    expect(await counted(await aRunOf(ALL_USERS, GROUPS))).toBeNull()
  })
})

describe('reading the users as one stream after all', () => {
  test('gives up the shards that are left and adds one stream, whoever asks how often', async () => {
    const run = await aRunOf(shard('0'), shard('1'), GROUPS)
    const [done, refused] = await streamsOf(db, run)
    await db.execute(firstPage(await claimed(db, done?.id ?? 0), { done: true }))
    await Promise.all([fallBack(run), fallBack(run), fallBack(run)])
    const states = (await streamsOf(db, run)).map(({ stream, state }) => ({ stream, state }))
    expect(states).toEqual([
      { stream: shard('0'), state: 'done' },
      { stream: shard('1'), state: 'dropped' },
      { stream: GROUPS, state: 'ready' },
      { stream: ALL_USERS, state: 'ready' },
    ])
    expect(await claimTask(db, refused?.id ?? 0, 'a worker')).toBeNull()
    expect(await stateOf(run)).toBe('streaming')
  })

  test('takes a run back from publishing, which is then asked for once more', async () => {
    const run = await aRunOf(shard('0'), shard('1'))
    await readToTheEnd(db, run)
    const first = await publishOf(run)
    await db
      .update(tasks)
      .set({ delivery: 1, dispatchedAt: new Date() })
      .where(eq(tasks.id, first?.id ?? 0))
    const publisher = await claimed(db, first?.id ?? 0)
    await db.transaction(async (tx) => {
      await finishTask(tx, publisher, NO_USAGE)
      await readUsersAsOneStream(tx, run)
    })
    expect(await stateOf(run)).toBe('streaming')
    await db.transaction((tx) => publishWhenAllRead(tx, run))
    expect(await stateOf(run)).toBe('streaming')

    await readToTheEnd(db, run)

    expect(await stateOf(run)).toBe('publishing')
    const again = { id: first?.id, state: 'ready', dispatchedAt: null, finishedAt: null, delivery: 1 }
    expect(await publishOf(run)).toMatchObject(again)
  })

  test('changes nothing for a run that has ended', async () => {
    const run = await aRunOf(shard('0'))
    await fail(db, run)
    await fallBack(run)
    expect(await stateOf(run)).toBe('failed')
    expect(await streamsOf(db, run)).toMatchObject([{ state: 'dropped' }])
  })
})
