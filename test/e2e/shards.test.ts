import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { approveRun, discardRun } from '../../src/run/decide.ts'
import { listRuns } from '../../src/run/history.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectedTables, expectSameTables, openReader, readPublished, subOf } from './expected.ts'

const SOON = { timeout: 30_000, interval: 20 }

const USERS_ONLY = { tables: [{ source: 'users', purpose: 'All' } as const] }

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
  await vi.waitFor(async () => expect(await pagesRead(line)).toBeGreaterThan(2), SOON)
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

test('a pool that shrank is held until somebody decides: discarded it changes nothing, approved it is published', async () => {
  const line = await createLine({ users: 100, groups: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Shrunk', ...USERS_ONLY })
  await line.run(dataflow)
  const before = expectedTables(line.sandbox)
  for (const user of [...line.sandbox.users()].slice(0, 60)) line.sandbox.deleteUser(subOf(user) ?? '')

  const held = await line.run(dataflow)
  expect(held).toMatchObject({ state: 'held', cause: 'guard', snapshot: held.run })
  expect(held.description).toMatch(/remove 60 of 100 rows of users \(60 %\).*poolkeeper approve 2/)
  expect(held.tables).toEqual([{ table: 'users', rows: 40, added: 0, removed: 60, changed: 0 }])
  await discardRun(line.db, held.run, 'somebody')
  expectSameTables(await readPublished(line.databaseUrl, 'shrunk'), before)

  const again = await line.run(dataflow)
  expect(again).toMatchObject({ state: 'held' })
  expectSameTables(await readPublished(line.databaseUrl, 'shrunk'), before)
  await approveRun(line.db, again.run, 'somebody')
  await expectExact(line, 'shrunk')
  expect(await listRuns(line.db)).toMatchObject([
    { run: 3, state: 'succeeded', description: expect.stringContaining('approved by somebody') },
    { run: 2, state: 'cancelled', cause: 'discarded', snapshot: null },
    { run: 1, state: 'succeeded' },
  ])
})

test('a cancelled run is heard within a page, and leaves what is published', async () => {
  const line = await createLine({ users: 60, groups: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Cancelled', ...USERS_ONLY })
  await line.run(dataflow)
  const before = expectedTables(line.sandbox)
  for (let more = 0; more < 500; more++) line.sandbox.addUser()

  line.sandbox.tune({ latencyMs: 200 })
  const run = await line.request(dataflow)
  await vi.waitFor(async () => expect(await pagesRead(line, run)).toBeGreaterThan(0), SOON)
  const { code, stdout } = await line.command('cancel', String(run), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ run, state: 'cancelled', cause: 'cancelled' })
  const pages = await pagesRead(line, run)
  const asked = line.sandbox.requests.total
  await vi.waitFor(async () => expect(await activeJobs(line)).toBe(0), SOON)
  expect(await pagesRead(line, run)).toBe(pages)
  // what was under way, and what was read ahead of it
  expect(line.sandbox.requests.total - asked).toBeLessThanOrEqual(2)
  expectSameTables(await readPublished(line.databaseUrl, 'cancelled'), before)
})

test('a dataflow that is removed by its name takes its schemas and its secret along, and leaves its history', async () => {
  const line = await createLine({ users: 60, groups: 2 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Removed' })
  await line.run(dataflow)
  await line.run(dataflow)
  expect(await line.command('dataflow', 'remove', 'Removed', '--confirm', 'Other')).toMatchObject({ code: 1 })
  await expectExact(line, 'removed')

  expect(await line.command('dataflow', 'remove', 'Removed', '--confirm', 'Removed')).toMatchObject({ code: 0 })
  const reader = openReader(line.databaseUrl)
  expect(await reader`select nspname from pg_namespace where nspname like 'removed%'`).toEqual([])
  expect(await reader`select * from poolkeeper.credentials`).toEqual([])
  expect(await listRuns(line.db)).toMatchObject([
    { run: 2, dataflow: 'Removed', state: 'succeeded', snapshot: null },
    { run: 1, dataflow: 'Removed', state: 'succeeded', snapshot: null },
  ])
})

async function expectExact(line: Line, schema: string): Promise<void> {
  expectSameTables(await readPublished(line.databaseUrl, schema), expectedTables(line.sandbox))
}

async function streamsDone({ db }: Line): Promise<unknown[]> {
  const rows = await db.execute(sql`select label from poolkeeper.tasks where kind = 'stream' and state = 'done'`)
  return rows.map(({ label }) => label)
}

async function pagesRead({ db }: Line, run = 1): Promise<number> {
  const [row] = await db.execute<{ pages: number }>(
    sql`select coalesce(sum(page), 0)::int as pages from poolkeeper.tasks where run_id = ${run} and kind = 'stream'`,
  )
  return row?.pages ?? 0
}

async function activeJobs({ redis }: Line): Promise<number> {
  return redis.llen('bull:poolkeeper-stream:active')
}
