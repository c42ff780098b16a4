import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import { expectExact, USERS_ONLY, waitForPages } from '../support/watching.ts'

test('a pool that refuses the filter is read as one stream instead, and is exact', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  line.sandbox.faults.add({ kind: 'filterRefused' })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Refusing', ...USERS_ONLY })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await streamsDone(line)).toEqual(['users'])
  await expectExact(line, 'refusing')
})

test('a shard that silently finds nobody is noticed: the users are read again as one stream, and are exact', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  line.sandbox.faults.add({ kind: 'losingFilter', prefix: 'a' })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Losing', ...USERS_ONLY })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await streamsDone(line)).toHaveLength(17)
  await expectExact(line, 'losing')
})

test('a stream whose token has expired begins again, loses nobody and doubles nobody', async () => {
  const line = await createLine({ users: 500, groups: 0, latencyMs: 50 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Expiring', ...USERS_ONLY })
  const run = await line.request(dataflow)
  await waitForPages(line, 3)
  line.sandbox.faults.add({ kind: 'expiredTokens', count: 1 })
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  const [stream] = await line.db.execute(sql`select restarts from poolkeeper.tasks where kind = 'stream'`)
  expect(stream).toEqual({ restarts: 1 })
  await expectExact(line, 'expiring')
})

test('a token that is refused again and again fails the run instead of reading for ever', async () => {
  const line = await createLine({ users: 200, groups: 0 })
  line.sandbox.faults.add({ kind: 'expiredTokens' })
  await line.startHere()
  const run = await line.run(await line.createDataflow({ name: 'Expiring', ...USERS_ONLY }))
  expect(run).toMatchObject({ state: 'failed', cause: 'token-expired' })
})

async function streamsDone({ db }: Line): Promise<unknown[]> {
  const rows = await db.execute(sql`select label from poolkeeper.tasks where kind = 'stream' and state = 'done'`)
  return rows.map(({ label }) => label)
}
