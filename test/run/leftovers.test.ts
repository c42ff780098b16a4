import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { snapshots } from '../../src/db/schema/snapshots.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { readUsersAsOneStream } from '../../src/run/fallback.ts'
import { lockLeftovers, takeOverStreams } from '../../src/run/leftovers.ts'
import { readMembersPerUser } from '../../src/run/membersPerUser.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, MEMBERS, USERS } from '../support/dataflows.ts'
import { aRun, aStreamingRun, claimed, fail, firstPage, shard, streamsOf } from '../support/runs.ts'

const usage = { requests: 3, throttled: 2, waitedMs: 40, warnings: 1 }

test('streams are taken over as they stood, and what they used stays with the failed run', async () => {
  const { db } = await createTestDatabase()
  const dataflow = await aDataflow(db)
  const from = await aStreamingRun(db, dataflow, [shard('a'), shard('b'), shard('c')])
  const [done, begun] = await streamsOf(db, from)
  await db.execute(firstPage(await claimed(db, done?.id ?? 0), { rows: 60, usage, done: true }))
  await db.execute(firstPage(await claimed(db, begun?.id ?? 0), { rows: 50, usage, token: 'page 2' }))
  const split = { stream: { ...shard('b'), until: 'b8' }, seen: { first: 'b0', last: 'b4', orderly: true } }
  await db
    .update(tasks)
    .set(split)
    .where(eq(tasks.id, begun?.id ?? 0))
  await fail(db, from)
  const to = await aRun(db, dataflow, 'planning')
  await db.transaction((tx) => takeOverStreams(tx, { from, to }))
  const fresh = { epoch: 0, requests: 0, throttled: 0, claimedBy: null, dispatchedAt: null, fruitlessStarts: 0 }
  expect(await streamsOf(db, to)).toMatchObject([
    { ...fresh, state: 'done', page: 1, rows: 60, warnings: 1 },
    { ...fresh, ...split, state: 'ready', page: 1, rows: 50, warnings: 1, token: 'page 2' },
    { ...fresh, state: 'ready', page: 0, rows: 0, warnings: 0, token: null },
  ])
  expect(await db.select().from(snapshots)).toMatchObject([{ id: from, state: 'dropping' }])
  expect(await db.transaction((tx) => lockLeftovers(tx, from))).toBe(false)
})

test('shards that were given up for one stream stay given up', async () => {
  const { db } = await createTestDatabase()
  const dataflow = await aDataflow(db)
  const from = await aStreamingRun(db, dataflow, [shard('a'), shard('b')])
  await db.transaction((tx) => readUsersAsOneStream(tx, from))
  await fail(db, from)
  const to = await aRun(db, dataflow, 'planning')
  await db.transaction((tx) => takeOverStreams(tx, { from, to }))
  expect(await streamsOf(db, to)).toMatchObject([{ state: 'dropped' }, { state: 'dropped' }, { state: 'ready' }])
})

test('groups that were given up for asking each user stay given up', async () => {
  const { db } = await createTestDatabase()
  const dataflow = await aDataflow(db)
  const from = await aStreamingRun(db, dataflow, [shard('a'), { source: 'group_members', group: 'admins' }])
  await db.transaction((tx) => readMembersPerUser(tx, from))
  await fail(db, from)
  const to = await aRun(db, dataflow, 'planning')
  await db.transaction((tx) => takeOverStreams(tx, { from, to }))
  expect((await streamsOf(db, to)).map(({ stream, state }) => ({ ...stream, state }))).toEqual([
    { source: 'users', prefix: 'a', state: 'ready' },
    { source: 'group_members', group: 'admins', state: 'dropped' },
    { source: 'group_members', per: 'user', state: 'ready' },
  ])
})

test('what was read of other tables, other columns or another pool is nothing to go on with', async () => {
  const { db } = await createTestDatabase()
  const failed = await aStreamingRun(db, await aDataflow(db))
  await fail(db, failed)
  const [{ poolId } = { poolId: '' }] = await db.execute<{ poolId: string }>(
    sql`select pool_id as "poolId" from poolkeeper.runs`,
  )
  const fits = (wanted: Parameters<typeof lockLeftovers>[2]) =>
    db.transaction((tx) => lockLeftovers(tx, failed, wanted))
  expect(await fits({ poolId, shapes: [USERS, MEMBERS] })).toBe(true)
  expect(await fits({ poolId, shapes: [USERS] })).toBe(false)
  expect(await fits({ poolId, shapes: [{ ...USERS, columns: USERS.columns.slice(1) }, MEMBERS] })).toBe(false)
  expect(await fits({ poolId: 'eu-west-1_Another1', shapes: [USERS, MEMBERS] })).toBe(false)
})
