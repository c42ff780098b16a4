import { beforeAll, describe, expect, test } from 'vitest'
import { openPool, type PoolClient } from '../../src/cognito/client.ts'
import { previewRun } from '../../src/cognito/preview.ts'
import { documentedAt } from '../../src/cognito/quotas.ts'
import type { TableChoice } from '../../src/db/schema/dataflows.ts'
import type { SandboxUser } from '../../src/sandbox/people.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'

let sandbox: Sandbox
let pool: PoolClient

const open = (credentials = sandbox.credentials, poolId = sandbox.poolId) =>
  openPool({
    ...{ poolId, region: sandbox.region, endpoint: sandbox.endpoint },
    credentials: { kind: 'access-key', ...credentials },
  })

beforeAll(async () => {
  sandbox = await startSandbox({ users: 300, groups: 70, quota: 1_000 })
  pool = open()
  return async () => {
    pool.close()
    await sandbox.stop()
  }
})

const choose = (...sources: string[]): TableChoice[] => sources.map((source) => ({ source, purpose: 'All' }))

/** Where nothing is known of the quotas but what AWS documents. */
const preview = (pool: PoolClient, choices: readonly TableChoice[]) => previewRun(pool, choices, documentedAt(0.9))

describe('a preview', () => {
  test('tells the rows and requests of each table, and what the run takes of each quota', async () => {
    const { pool: described, tables, quotas, seconds } = await preview(pool, choose('users', 'groups', 'group_members'))
    expect(described?.poolId).toBe(sandbox.poolId)
    expect(tables.map(({ table, rows, counted, requests }) => [table, rows, counted, requests])).toEqual([
      ['users', 300, 'about', 5],
      ['groups', 70, 'exactly', 2],
      ['group_members', null, null, 70],
    ])
    expect(quotas.map(({ category, requests, taken }) => [category, requests, taken])).toEqual([
      ['UserPoolRead', 1, 13.5],
      ['UserList', 75, 27],
      ['UserPoolResourceRead', 2, 18],
    ])
    expect(seconds).toBeCloseTo(75 / 27)
  })

  test('counts on what may be used of the account’s quotas now', async () => {
    const account = { account: sandbox.accountId, region: sandbox.region }
    const { quotas, seconds } = await previewRun(pool, choose('users'), ({ category, ...of }) => {
      expect(of).toEqual(account)
      return category === 'UserList' ? { rate: 60, share: 0.05 } : { rate: 15, share: 1 }
    })
    expect(quotas).toContainEqual(expect.objectContaining({ category: 'UserList', allowed: 60, taken: 3 }))
    expect(seconds).toBeCloseTo(5 / 3)
  })

  test('counts the requests for the groups where only their members are wanted', async () => {
    const { quotas } = await preview(pool, choose('group_members'))
    expect(quotas).toContainEqual(expect.objectContaining({ category: 'UserPoolResourceRead', requests: 2 }))
  })

  test('says which way of reading the members takes fewer requests', async () => {
    const small = sandbox.addPool({ seed: 91, users: 20, groups: 70 })
    const crowded = open(sandbox.credentials, small.id)
    const [[, few], [, many]] = [
      (await preview(crowded, choose('users', 'group_members'))).tables,
      (await preview(pool, choose('users', 'group_members'))).tables,
    ]
    crowded.close()
    expect([few?.way, few?.requests]).toEqual(['user by user', 21])
    expect([many?.way, many?.requests]).toEqual(['group by group', 70])
  })

  test('shows ten rows in which nobody can be recognised', async () => {
    const { tables } = await preview(pool, choose('users', 'group_members'))
    const shown = JSON.stringify(tables)
    expect(tables.map(({ sample }) => sample.length > 0 && sample.length <= 10)).toEqual([true, true])
    for (const value of [...sandbox.users()].flatMap(personal)) expect(shown).not.toContain(value)
    expect(tables[0]?.sample[0]).toMatchObject({ email: expect.stringMatching(/^.\*\*\*@/) })
  })

  test('says what each column holds and what becomes of it', async () => {
    const treatments = { email: 'hash', name: 'drop' } as const
    const [users] = (await preview(pool, [{ source: 'users', purpose: 'All', treatments }])).tables
    expect(users?.columns).toContainEqual({
      ...{ name: 'email', type: 'text', field: 'email', personal: 'contact', treatment: 'hash' },
    })
    expect(users?.columns).toContainEqual({
      name: 'custom_plan',
      type: 'text',
      field: 'custom:plan',
      personal: 'identifier',
    })
    expect(users?.sample.flatMap(({ name, email }) => [name, email]).every((value) => value === undefined)).toBe(true)
  })

  test('shows no row of a table that publishes none', async () => {
    const [users] = (await preview(pool, [{ source: 'users', purpose: 'Privacy-Metadata' }])).tables
    expect(users).toMatchObject({ rows: 300, sample: [] })
  })

  test('says what the credentials may not read, and shows the rest', async () => {
    const denied = open(sandbox.addPrincipal({ denied: ['cognito-idp:ListUsersInGroup'] }))
    const { tables } = await preview(denied, choose('users', 'group_members'))
    denied.close()
    expect(tables[0]).toMatchObject({ rows: 300, refused: [] })
    expect(tables[1]).toMatchObject({ sample: [], refused: [expect.stringContaining('cognito-idp:ListUsersInGroup')] })
  })

  test('states what an opt-in table costs, for a run and for everybody, and asks for nobody', async () => {
    const mfa = { source: 'user_mfa', purpose: 'All', budget: 200 } as const
    const { tables, quotas } = await preview(pool, [...choose('users', 'user_devices'), mfa])
    expect(tables.map(({ table, rows, requests }) => [table, rows, requests])).toEqual([
      ['users', 300, 5],
      ['user_devices', null, 300],
      ['user_mfa', 300, 200],
    ])
    expect(quotas).toContainEqual(expect.objectContaining({ category: 'UserRead', requests: 200 }))
    expect(tables[2]).toMatchObject({ sample: [], cost: expect.stringContaining('1,000 requests for 1,000 users') })
    expect(sandbox.billedUsers.size).toBe(0)
    expect(sandbox.requests.operations.AdminListDevices).toBe(1)
  })

  test('has nothing but the reason where the pool does not exist', async () => {
    const elsewhere = open(sandbox.credentials, `${sandbox.region}_Absent`)
    expect(await preview(elsewhere, choose('users'))).toMatchObject({
      checks: [{ ok: false, code: 'pool-not-found' }],
      tables: [],
    })
    elsewhere.close()
  })
})

/** What a user could be recognised by. Short values may stand in the preview by chance. */
function personal({ Username, Attributes }: SandboxUser): string[] {
  const named = ['sub', 'email', 'phone_number', 'name', 'address', 'picture', 'identities']
  const values = Attributes.flatMap(({ Name, Value }) => (named.includes(Name) ? [Value] : []))
  return [Username, ...values].filter((value) => value.length > 7)
}
