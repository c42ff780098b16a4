import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import {
  countChanges,
  expectedTables,
  expectSameTables,
  openReader,
  readPublished,
  subOf,
} from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact, USERS_ONLY } from '../support/watching.ts'

test('a small pool, listed in short and empty pages, is published attribute by attribute', async () => {
  const line = await createLine({ users: 600, groups: 6, shortPages: 0.3, emptyPages: 0.2, seed: 11 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Small' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(await userStreams(line)).toBe(1)
  await expectExact(line, 'small')
})

test('a pool that is read in 16 shards is published attribute by attribute', async () => {
  const line = await createLine({ users: 2_100, groups: 2, subs: 'mixed', seed: 12 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Sharded' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(await userStreams(line)).toBe(16)
  await expectExact(line, 'sharded')
})

test('an empty pool is an import of no rows', async () => {
  const line = await createLine({ users: 0, groups: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Empty' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expectSameTables(await readPublished(line.databaseUrl, 'empty'), { users: [], groups: [], group_members: [] })
})

test('what Postgres or its column cannot hold is kept, counted, and stops nothing', async () => {
  const line = await createLine({ users: 80, groups: 3, poison: POISON, seed: 13 })
  const [nul, half, unknown, bad, twice] = [...line.sandbox.users()].map((user) => subOf(user) ?? '')
  const nobody = line.sandbox.addUser({ groups: [] })
  // has no key, so it can't be a row
  line.sandbox.pool.poison(subOf(nobody) ?? '', { attributes: { sub: null } })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Poisoned' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 5 })

  const odd: Readonly<Record<string, object>> = {
    [nul ?? '']: { name: 'Nul\uFFFDla', raw_values: { name: { json: '"Nul\\u0000la"' } } },
    [half ?? '']: { nickname: 'half \uFFFD a pair', raw_values: { nickname: { json: '"half \\ud83d a pair"' } } },
    [unknown ?? '']: { raw_values: { 'custom:retired': 'still here' } },
    [bad ?? '']: { custom_visits: null, raw_values: { 'custom:visits': 'many' } },
  }
  const { users, ...others } = expectedTables(line.sandbox)
  const rows = users.filter(({ sub }) => sub).map((row) => ({ ...row, ...odd[String(row.sub)] }))
  expect(rows.map(({ sub }) => sub)).toContain(twice)
  expectSameTables(await readPublished(line.databaseUrl, 'poisoned'), { users: rows, ...others })
  const rejected = await openReader(line.databaseUrl)`select * from poisoned_snapshots.rejected_rows`
  expect(rejected).toEqual([
    expect.objectContaining({ table_name: 'users', record: expect.stringContaining(nobody.Username) }),
  ])
})

const POISON = { nul: 1, loneSurrogate: 1, unknownAttribute: 1, badNumber: 1, twice: 1 }

test('the next import counts exactly what came, changed and went', async () => {
  const line = await createLine({ users: 300, groups: 4, seed: 14 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Nightly' })
  await line.run(dataflow)
  const before = expectedTables(line.sandbox)

  const subs = [...line.sandbox.users()].map((user) => subOf(user) ?? '')
  for (const sub of subs.slice(0, 9)) line.sandbox.deleteUser(sub)
  for (const sub of subs.slice(20, 27)) line.sandbox.changeUser(sub, { attributes: { email: null, name: 'Renamed' } })
  for (const sub of subs.slice(40, 43)) line.sandbox.changeUser(sub, { groups: ['admins'], enabled: false })
  for (let come = 0; come < 5; come++) line.sandbox.addUser()

  const run = await line.run(dataflow)
  const after = expectedTables(line.sandbox)
  expect(run.tables).toEqual([
    { table: 'group_members', ...countChanges(before.group_members, after.group_members, ['group_name', 'sub']) },
    { table: 'groups', ...countChanges(before.groups, after.groups, ['name']) },
    { table: 'users', ...countChanges(before.users, after.users, ['sub']) },
  ])
  expect(run.tables.at(-1)).toMatchObject({ rows: 296, added: 5, removed: 9, changed: 10 })
  expectSameTables(await readPublished(line.databaseUrl, 'nightly'), after)
})

test.each([
  { how: 'one stream', users: 700, schema: 'one' },
  { how: '16 shards', users: 2_000, schema: 'sixteen' },
])('whoever is in the pool all through its import by $how is there once', async ({ users, schema }) => {
  const line = await createLine({ users, groups: 0, churn: 2, seed: 15 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: schema, ...USERS_ONLY })
  const before = rowsBySub(line)
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  const after = rowsBySub(line)

  const rows = await openReader(line.databaseUrl)`select * from ${line.db.$client(schema)}.users`
  const imported = new Map(rows.map((row) => [row.sub, row]))
  expect(imported.size).toBe(rows.length)
  const stayed = [...before.keys()].filter((sub) => after.has(sub))
  expect(stayed.length).toBeLessThan(users)
  for (const sub of stayed) expect([before.get(sub), after.get(sub)]).toContainEqual(imported.get(sub))
  for (const sub of imported.keys())
    expect(before.has(sub) || after.has(sub) || line.sandbox.pool.subOf(sub)).toBeTruthy()
})

const rowsBySub = ({ sandbox }: Line) => new Map(expectedTables(sandbox).users.map((row) => [row.sub, row]))

async function userStreams({ db }: Line): Promise<unknown> {
  const [row] = await db.execute(sql`select count(*) as n from poolkeeper.tasks where stream->>'source' = 'users'`)
  return row?.n
}
