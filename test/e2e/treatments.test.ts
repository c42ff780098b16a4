import { createHmac } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import type { CreateInput } from '../../src/dataflow/input.ts'
import { retryRun } from '../../src/run/decide.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { subOf } from '../support/expected.ts'
import { allTables, expectSilence } from '../support/leaks.ts'
import { createLine, type Line } from '../support/line.ts'
import { openProxy } from '../support/proxy.ts'
import { fail } from '../support/runs.ts'
import { USERS_ONLY, waitForPages } from '../support/watching.ts'

const TREATMENTS = {
  users: {
    ...{ sub: 'hash', username: 'hash', given_name: 'hash', custom_plan: 'hash' },
    ...{ email: 'mask', phone_number: 'mask', nickname: 'mask' },
    ...{ name: 'drop', custom_visits: 'drop', custom_retired: 'drop', identities: 'drop', created_at: 'drop' },
  },
  groups: { description: 'drop' },
  group_members: { sub: 'hash', username: 'hash' },
} satisfies CreateInput['treatments']

/** What must not be found, each in another place of a record. */
const CANARIES = [
  ...['CanaryUsername', 'canarymail', '177000099', 'CanaryGiven', 'CanaryNick', 'CanaryName', 'CanaryNumber'],
  ...['CanaryPlan', 'CanaryRetired', 'CanaryIdentity', 'CanaryRejected', 'CanaryDescription'],
]

const CANARY = {
  email: 'canarymail@example.com',
  phone_number: '+4917700009934',
  given_name: 'CanaryGiven',
  nickname: 'CanaryNick \u0000',
  name: 'CanaryName',
  identities: '[{"userId":"CanaryIdentity"}]',
  'custom:visits': 'CanaryNumber',
  'custom:plan': 'CanaryPlan',
  'custom:retired': 'CanaryRetired',
}

/** @returns the sub of the canary */
function addCanaries({ sandbox }: Line): string {
  const date = new Date()
  sandbox.pool.addGroup({
    ...{ GroupName: 'team', Description: 'CanaryDescription' },
    ...{ CreationDate: date, LastModifiedDate: date },
  })
  const canary = sandbox.addUser({ username: 'CanaryUsername', groups: ['team'] })
  const sub = subOf(canary) ?? ''
  sandbox.pool.poison(sub, { attributes: CANARY })
  const rejected = sandbox.addUser({ attributes: { name: 'CanaryRejected' } })
  sandbox.pool.poison(subOf(rejected) ?? '', { attributes: { sub: null } })
  return sub
}

const hashOf = ({ env }: Line, text: string) =>
  createHmac('sha256', Buffer.from(env.POOLKEEPER_HASH_KEY ?? '', 'base64'))
    .update(text)
    .digest('hex')

test('nothing that is treated is sent to Postgres or stored there, and what was made of it is what readers get', async () => {
  const line = await createLine({ users: 60, groups: 2 })
  const canary = addCanaries(line)
  const people = [...line.sandbox.users()].flatMap((user) => [subOf(user) ?? user.Username, user.Username])
  const way = await openProxy(line.databaseUrl)
  const sent = way.listen()
  await line.startHere(undefined, { databaseUrl: way.url })

  const treated = await line.createDataflow({ name: 'Treated', treatments: TREATMENTS })
  const run = await line.run(treated)
  expect(run).toMatchObject({ state: 'succeeded', cause: null })

  expectSilence({ 'what is stored': await allTables(line), 'what was sent': sent() }, [...CANARIES, ...people])
  expect(sent()).toContain('c***@example.com')
  const sub = hashOf(line, canary)
  expect(
    await line.db.execute(sql`select u.*, m.group_name from treated.users u
    join treated.group_members m using (sub, username) where u.sub = ${sub}`),
  ).toMatchObject([
    {
      group_name: 'team',
      username: hashOf(line, 'CanaryUsername'),
      given_name: hashOf(line, 'CanaryGiven'),
      custom_plan: hashOf(line, 'CanaryPlan'),
      email: 'c***@example.com',
      phone_number: '+49***34',
      nickname: 'C***',
      raw_values: { nickname: 'C***' },
      ...{ name: null, custom_visits: null, identities: null, created_at: null },
    },
  ])
  expect(await line.db.execute(sql`select reason, record from treated_snapshots.rejected_rows`)).toEqual([
    { reason: 'the user has no sub', record: expect.stringMatching(/^Withheld, because columns of users are treated/) },
  ])
})

test('hashes join across tables, runs and dataflows, for everybody', async () => {
  const line = await createLine({ users: 40, groups: 3 })
  await line.startHere()
  const hashed = { users: { sub: 'hash' }, group_members: { sub: 'hash' } } as const
  const [one, other] = [
    await line.createDataflow({ name: 'One', treatments: hashed }),
    await line.createDataflow({ name: 'Other', treatments: hashed }),
  ]
  await Promise.all([line.run(one), line.run(other)])
  const again = await line.run(one)

  for (const table of again.tables) expect(table).toMatchObject({ added: 0, removed: 0, changed: 0 })
  const members = line.sandbox.groups().flatMap(({ GroupName }) => [...line.sandbox.members(GroupName)]).length
  expect(
    await line.db.execute(sql`select
    (select count(*) from one.users join other.users using (sub)) as users,
    (select count(*) from one.users join other.group_members using (sub)) as members`),
  ).toEqual([{ users: 40, members }])
})

test('a changed treatment applies from the next run on, history says so, and kept snapshots hold what they held', async () => {
  const line = await createLine({ users: 10, groups: 0 })
  await line.startHere()
  const users = { source: 'users', purpose: 'All' } as const
  const dataflow = await line.createDataflow({ name: 'Edited', tables: [users] })
  const shown = () =>
    line.db.execute(sql`select count(*) filter (where email like '_***@%') as masked from edited.users`)
  expect(await line.run(dataflow)).toMatchObject({ notes: [] })

  await editDataflow(line.db, line.keys, 'Edited', { treatments: { users: { email: 'mask' } } })
  expect(await shown()).toEqual([{ masked: 0 }])
  const run = await line.run(dataflow)
  expect(run.notes).toEqual(['users.email is masked from this run on, and was kept as it is.'])
  expect(await shown()).toEqual([{ masked: 10 }])
  expect(await line.run(dataflow)).toMatchObject({ notes: [] })
  const [comment] = await line.db.execute(sql`select col_description('edited.users'::regclass, attnum) as email,
    obj_description('edited.users'::regclass) as users from pg_attribute
    where attrelid = 'edited.users'::regclass and attname = 'email'`)
  expect(comment).toEqual({
    email: 'Masked: email: a standard attribute',
    users: 'The users of the pool (masked: email)',
  })

  await rollback(line.db, { dataflow, by: 'ada', keepSchedule: true, to: run.run - 1 })
  expect(await shown()).toEqual([{ masked: 0 }])
})

test('a retry after a changed treatment reads everything again: what its failed run has left is treated otherwise', async () => {
  const line = await createLine({ users: 300, groups: 0, shortPages: 0, emptyPages: 0 })
  await line.startHere()
  line.sandbox.tune({ latencyMs: 100 })
  const dataflow = await line.createDataflow({ name: 'Retried', ...USERS_ONLY })
  const run = await line.request(dataflow)
  await waitForPages(line, 2, run)
  await fail(line.db, run)
  line.sandbox.tune({ latencyMs: 0 })
  await editDataflow(line.db, line.keys, 'Retried', { treatments: { users: { email: 'mask' } } })

  const { id } = await retryRun(line.db, run, 'ada')
  expect(await line.ended(id)).toMatchObject({ state: 'succeeded', continues: null })
  const [counted] = await line.db.execute(sql`select count(*) as users,
    count(*) filter (where email not like '%***@%') as unmasked from retried.users`)
  expect(counted).toEqual({ users: 300, unmasked: 0 })
})

test('an import whose key is hashed for the first time is held: every row counts as removed', async () => {
  const line = await createLine({ users: 40, groups: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Rekeyed', ...USERS_ONLY })
  await line.run(dataflow)
  await editDataflow(line.db, line.keys, 'Rekeyed', { treatments: { users: { sub: 'hash' } } })
  expect(await line.run(dataflow)).toMatchObject({
    ...{ state: 'held', cause: 'guard' },
    tables: [{ table: 'users', added: 40, removed: 40 }],
    notes: [expect.stringContaining('As part of the key it makes every row another one.')],
  })
})

test('a run that is to hash and whose worker has no key fails before it reads, and says what is missing', async () => {
  const line = await createLine({ users: 10, groups: 0 })
  await line.startHere(undefined, { hashKey: undefined })
  const run = await line.run(await line.createDataflow({ name: 'Keyless', treatments: { users: { sub: 'hash' } } }))
  expect(run).toMatchObject({
    state: 'failed',
    cause: 'bad-configuration',
    description: expect.stringMatching(/^Columns of users are to be hashed.*Set POOLKEEPER_HASH_KEY/),
  })
  expect(line.sandbox.requests.operations).not.toHaveProperty('ListUsers')
})

test('the hash key stands nowhere in the database', async () => {
  const line = await createLine({ users: 10, groups: 0 })
  const way = await openProxy(line.databaseUrl)
  const sent = way.listen()
  await line.startHere(undefined, { databaseUrl: way.url })
  await line.run(await line.createDataflow({ name: 'Hashed', treatments: { users: { sub: 'hash' } } }))
  const key = line.env.POOLKEEPER_HASH_KEY ?? ''
  const { hashKey } = loadConfig({ POOLKEEPER_HASH_KEY: key })
  const forms = [key, hashKey?.bytes.toString('hex') ?? '', hashKey?.bytes.toString('latin1') ?? '']
  expectSilence({ 'what is stored': await allTables(line), 'what was sent': sent() }, forms)
  expect(await allTables(line)).toContain(`Hashed with key ${hashKey?.id}`)
})
