import { describe, expect, test } from 'vitest'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { retryRun } from '../../src/run/decide.ts'
import { requestRun } from '../../src/run/request.ts'
import { openReader, type PublishedRow, readPublished, subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { readCatalogue } from '../support/privacy.ts'
import { expectExact, waitForPages } from '../support/watching.ts'

const ALL = ['users', 'groups', 'group_members'].map((source) => ({ source, purpose: 'All' as const }))

/** Someone comes, with a group of their own; someone leaves, someone is called otherwise. */
function changeThePool({ sandbox }: Line): void {
  const [first, second] = [...sandbox.users()].map((user) => subOf(user) ?? '')
  const now = new Date()
  sandbox.pool.addGroup({ GroupName: 'newcomers', CreationDate: now, LastModifiedDate: now })
  sandbox.addUser({ groups: ['newcomers'] })
  sandbox.deleteUser(first ?? '')
  sandbox.changeUser(second ?? '', { attributes: { nickname: 'changed' } })
}

const unchanged = { added: 0, removed: 0, changed: 0 }

describe('a run of some tables', () => {
  test('reads those, and leaves every other as readers see it', async () => {
    const line = await createLine({ users: 40, groups: 2, seed: 61 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Some', tables: ALL })
    expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', onlyTables: null })
    const before = await readPublished(line.databaseUrl, 'some')
    const catalogued = await readCatalogue(line.databaseUrl, 'some')
    const { ListUsers, ListUsersInGroup } = line.sandbox.requests.operations
    changeThePool(line)

    const groups = await line.run(dataflow, ['groups'])
    expect(groups).toMatchObject({ state: 'succeeded', onlyTables: ['groups'], notes: [], requests: 2 })
    expect(groups.tables).toEqual([
      { table: 'group_members', rows: before.group_members.length, ...unchanged },
      { table: 'groups', rows: 3, ...unchanged, added: 1 },
      { table: 'users', rows: 40, ...unchanged },
    ])
    expect(line.sandbox.requests.operations).toMatchObject({ ListUsers, ListUsersInGroup })
    const after = await readPublished(line.databaseUrl, 'some')
    expect(after).toMatchObject({ users: before.users, group_members: before.group_members })
    expect(after.groups.map(({ name }) => name)).toContain('newcomers')
    const { tables, columns } = await readCatalogue(line.databaseUrl, 'some')
    expect(tables).toMatchObject({ users: catalogued.tables.users, groups: { rows: 3 } })
    expect(columns['users.email']).toEqual(catalogued.columns['users.email'])

    const members = await line.run(dataflow, ['group_members'])
    expect(members).toMatchObject({ state: 'succeeded', tables: [{ added: 1 }, { rows: 3, ...unchanged }, unchanged] })
    await line.run(dataflow, ['users'])
    await expectExact(line, 'some')
  })

  test('reads a table as well whose rows can not stay: never imported, or treated otherwise since', async () => {
    const line = await createLine({ users: 20, groups: 2, seed: 62 })
    await line.startHere()
    const { source, purpose } = { source: 'users', purpose: 'Privacy-Metadata' } as const
    const dataflow = await line.createDataflow({
      name: 'Others',
      tables: [
        { source, purpose },
        { source: 'groups', purpose: 'All' },
      ],
    })
    expect(await line.run(dataflow, ['groups'])).toMatchObject({
      state: 'succeeded',
      notes: ['users was read as well: nothing has been published yet.'],
      tables: [{ rows: 2 }, { rows: 20 }],
    })
    const catalogued = await readCatalogue(line.databaseUrl, 'others')
    line.sandbox.addUser()
    expect(await line.run(dataflow, ['groups'])).toMatchObject({ notes: [], tables: [{ rows: 2 }, { rows: 20 }] })
    expect(await readCatalogue(line.databaseUrl, 'others')).toEqual(catalogued)

    await editDataflow(line.db, line.keys, 'Others', { tables: [...ALL], treatments: { users: { email: 'mask' } } })
    const { notes } = await line.run(dataflow, ['groups'])
    expect(notes).toEqual(
      expect.arrayContaining([
        'users was read as well: its columns, or what is done to them, have changed since its rows were read.',
        'group_members was read as well: readers see no rows of it yet.',
      ]),
    )
    const [user] = (await readPublished(line.databaseUrl, 'others')).users
    expect(user?.email).toMatch(/\*/)
  })

  test('leaves a failed one to a retry that reads the same, and publishes nothing where it is a dry run', async () => {
    const line = await createLine({ users: 400, groups: 2, seed: 63 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Again', tables: ALL })
    await line.run(dataflow)
    changeThePool(line)
    const before = await readPublished(line.databaseUrl, 'again')
    const { id } = await requestRun(line.db, {
      ...{ dataflowId: dataflow.id, dryRun: true, tables: ['users'] },
      ...{ trigger: 'manual', requestedBy: 'ada' },
    })
    const dry = await line.ended(id)
    expect(dry).toMatchObject({
      state: 'succeeded',
      snapshot: null,
      tables: [unchanged, unchanged, { added: 1, removed: 1 }],
    })
    expect(await readPublished(line.databaseUrl, 'again')).toEqual(before)

    line.sandbox.tune({ latencyMs: 120 })
    const failed = await line.request(dataflow, ['users'])
    await waitForPages(line, 1, failed)
    const mend = line.sandbox.faults.add({ kind: 'poolDeleted' })
    expect(await line.ended(failed)).toMatchObject({ state: 'failed', onlyTables: ['users'] })
    mend()
    line.sandbox.tune({ latencyMs: 0 })
    const retry = await retryRun(line.db, failed, 'ada')
    expect(await line.ended(retry.id)).toMatchObject({ state: 'succeeded', continues: failed, onlyTables: ['users'] })
    const after = await readPublished(line.databaseUrl, 'again')
    expect(after).toMatchObject({ groups: before.groups, group_members: before.group_members })
    expect(after.users).not.toEqual(before.users)
  })

  test('asks users one by one from where the last run ended, also when it does not read the users', async () => {
    const line = await createLine({ users: 30, groups: 0, seed: 64 })
    await line.startHere()
    const mfa = { source: 'user_mfa', purpose: 'All', budget: 10 } as const
    const tables = [{ source: 'users', purpose: 'All' } as const, mfa]
    const dataflow = await line.createDataflow({ name: 'OneByOne', tables, acceptCosts: true })
    await line.run(dataflow)
    changeThePool(line)
    const before = await readPublished(line.databaseUrl, 'onebyone')
    expect(await line.run(dataflow, ['users'])).toMatchObject({
      tables: [
        { rows: 10, ...unchanged },
        { added: 1, removed: 1 },
      ],
    })
    expect(await line.run(dataflow, ['user_mfa'])).toMatchObject({
      state: 'succeeded',
      tables: [{ table: 'user_mfa' }, { table: 'users', rows: 30, ...unchanged }],
    })
    expect(line.sandbox.billedUsers.size).toBe(20)
    const users = (await readPublished(line.databaseUrl, 'onebyone')).users
    expect(users).not.toEqual(before.users)
    const reader = openReader(line.databaseUrl)
    const asked = await reader<PublishedRow[]>`select sub from onebyone.user_mfa`
    expect(asked.every(({ sub }) => users.some((user) => user.sub === sub))).toBe(true)
  })
})
