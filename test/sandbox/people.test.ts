import {
  AdminListGroupsForUserCommand,
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { Pool } from '../../src/sandbox/pool.ts'
import { bySub, clientOf, pagesOf, sandboxFor, subOf } from './support.ts'

const STANDARD =
  'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile sub updated_at website zoneinfo'

describe('the people of a pool', () => {
  const pool = new Pool({ users: 5_000 })
  const users = [...pool.users()]
  const attributes = users.flatMap(({ Attributes }) => Attributes)

  it('are the same for the same seed, and others for another', () => {
    const again = new Pool({ users: 5_000 })
    expect([again.id, ...again.users()]).toEqual([pool.id, ...users])
    const other = new Pool({ users: 50, seed: 2 })
    expect(other.id).not.toBe(pool.id)
    expect([...other.users()]).not.toEqual(users.slice(0, 50))
    expect(pool.id).toMatch(/^us-east-1_[A-Za-z0-9]{9}$/)
  })

  it('have subs and usernames of their own', () => {
    expect(new Set(users.map(subOf)).size).toBe(5_000)
    expect(new Set(users.map(({ Username }) => Username)).size).toBe(5_000)
  })

  it('have subs of both forms: random v4, and with digits 2, 4, 6 and 8 constant for the Region', () => {
    const subs = users.map(subOf)
    expect(subs.filter((sub) => /^.{8}-.{4}-4.{3}-[89ab].{3}-.{12}$/.test(sub)).length).toBeGreaterThanOrEqual(2_500)
    expect(subs.filter((sub) => /^.4.8.4.8-.{4}-70.{2}-.{4}-.{12}$/.test(sub)).length).toBeGreaterThanOrEqual(2_500)
    const north = new Pool({ users: 100, region: 'eu-north-1', subs: 'regional' })
    expect(Array.from(north.users(), subOf).every((sub) => /^.0.c.9.c-/.test(sub))).toBe(true)
  })

  it('have every status, are sometimes disabled, and come from identity providers too', () => {
    expect(new Set(users.map(({ UserStatus }) => UserStatus))).toEqual(
      new Set(
        'CONFIRMED UNCONFIRMED ARCHIVED COMPROMISED UNKNOWN RESET_REQUIRED FORCE_CHANGE_PASSWORD EXTERNAL_PROVIDER'.split(
          ' ',
        ),
      ),
    )
    expect(users.filter(({ Enabled }) => !Enabled).length).toBeGreaterThan(50)
    const google = users.filter(({ Username }) => /^google_1173\d{17}$/.test(Username))
    expect(google.length).toBeGreaterThan(50)
    for (const { UserStatus, Attributes, Username } of google) {
      expect(UserStatus).toBe('EXTERNAL_PROVIDER')
      const identities = JSON.parse(Attributes.find(({ Name }) => Name === 'identities')?.Value ?? '')
      expect(identities[0]).toMatchObject({ providerName: 'Google', userId: Username.replace('google_', '') })
    }
  })

  it('hold every attribute of the schema on some of them, at most 2,048 bytes long, and none besides', () => {
    const names = new Set(attributes.map(({ Name }) => Name))
    expect(names).toEqual(new Set(pool.schema.map(({ Name }) => Name)))
    const longest = Math.max(...attributes.map(({ Value }) => Buffer.byteLength(Value)))
    expect(longest).toBe(2_048)
  })

  it.each([
    ['a right-to-left script', /\p{Script=Arabic}/u],
    ['a plane beyond the first', /[\u{20000}-\u{2ffff}]/u],
    ['a family of emoji', /\u{1f469}\u200d\u{1f469}/u],
    ['a decomposed letter', /e\u0308/],
    ['a zero-width space', /\u200b/],
    ['a spreadsheet formula', /^=cmd\|/],
    ['markup', /<script>/],
    ['a line break in an address', /Pkwy, Suite "B"\n/],
  ])('include %s', (_case, pattern) => {
    expect(attributes.some(({ Value }) => pattern.test(Value))).toBe(true)
  })

  it('make about 1,250 memberships in 12 groups', () => {
    const sizes = pool.groups().map(({ GroupName }) => [...pool.members(GroupName)].length)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(total).toBeGreaterThan(1_150)
    expect(total).toBeLessThan(1_350)
    expect(sizes).toHaveLength(12)
  })
})

describe('a million users', () => {
  it('start in seconds', { timeout: 60_000 }, async ({ annotate }) => {
    const started = performance.now()
    const before = process.memoryUsage().heapUsed
    const pool = new Pool({ users: 1_000_000 })
    const megabytes = (process.memoryUsage().heapUsed - before) / 1e6
    await annotate(`1,000,000 users: ${Math.round(performance.now() - started)} ms, ${Math.round(megabytes)} MB`)
    expect(pool.size).toBe(1_000_000)
    expect(new Set(pool.sorted).size).toBe(1_000_000)
  })
})

describe('a poisoned pool', () => {
  it('lists each kind as the wire carries it, and one user twice', async () => {
    const poison = { nul: 1, loneSurrogate: 1, unknownAttribute: 2, badNumber: 1, twice: 1 }
    const sandbox = await sandboxFor({ users: 20, poison, shortPages: 0, emptyPages: 0 })
    const listed = (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 10 })).flat()
    expect(listed).toHaveLength(21)
    const users = [...sandbox.users()]
    expect(users).toHaveLength(20)
    const counts = new Map(
      users.map((user) => [subOf(user), listed.filter((one) => subOf(one) === subOf(user)).length]),
    )
    expect([...counts.values()].filter((count) => count === 2)).toHaveLength(1)
    const values = listed.flatMap(({ Attributes = [] }) => Attributes)
    const valuesOf = (name: string) => values.filter(({ Name }) => Name === name).map(({ Value }) => Value)
    expect(valuesOf('name')).toContain('Nul\u0000la')
    expect(valuesOf('nickname')).toContain('half \ud83d a pair')
    expect(valuesOf('custom:retired')).toHaveLength(2)
    expect(valuesOf('custom:visits')).toContain('many')
    const sharded = (
      await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 3, Filter: 'sub ^= ""' })
    ).flat()
    expect(bySub(sharded)).toEqual(bySub(listed))
  })
})

describe('what a pool says of itself', () => {
  it('holds its ARN, its size and the schema with all standard and custom attributes', async () => {
    const sandbox = await sandboxFor()
    const { UserPool } = await clientOf(sandbox).send(new DescribeUserPoolCommand({ UserPoolId: sandbox.poolId }))
    expect(UserPool).toMatchObject({
      Id: sandbox.poolId,
      Arn: `arn:aws:cognito-idp:us-east-1:123456789012:userpool/${sandbox.poolId}`,
      EstimatedNumberOfUsers: 300,
    })
    const names = UserPool?.SchemaAttributes?.map(({ Name }) => Name) ?? []
    expect(names).toEqual(expect.arrayContaining(STANDARD.split(' ')))
    const custom = UserPool?.SchemaAttributes?.filter(({ Name }) => Name?.startsWith('custom:'))
    expect(new Set(custom?.map(({ AttributeDataType }) => AttributeDataType))).toEqual(
      new Set(['String', 'Number', 'DateTime', 'Boolean']),
    )
  })

  it('lists its groups page by page, with dates to the millisecond', async () => {
    const sandbox = await sandboxFor({ groups: 70 })
    const client = clientOf(sandbox)
    const groups: unknown[] = []
    let NextToken: string | undefined
    do {
      const page = await client.send(new ListGroupsCommand({ UserPoolId: sandbox.poolId, Limit: 60, NextToken }))
      groups.push(...(page.Groups ?? []))
      NextToken = page.NextToken
    } while (NextToken)
    expect(groups).toEqual(sandbox.groups().map((group) => ({ ...group, UserPoolId: sandbox.poolId })))
    expect(sandbox.groups()[0]?.CreationDate.getMilliseconds()).toBe(123)
  })

  it('tells the groups of a user by sub or by username', async () => {
    const sandbox = await sandboxFor({ emptyPages: 0, shortPages: 0 })
    const [user] = sandbox.members('support')
    for (const Username of [user?.Username, user && subOf(user)]) {
      const command = new AdminListGroupsForUserCommand({ UserPoolId: sandbox.poolId, Username })
      const { Groups } = await clientOf(sandbox).send(command)
      expect(Groups?.map(({ GroupName }) => GroupName)).toContain('support')
    }
    const nobody = new AdminListGroupsForUserCommand({ UserPoolId: sandbox.poolId, Username: 'nobody' })
    await expect(clientOf(sandbox).send(nobody)).rejects.toMatchObject({ name: 'UserNotFoundException' })
  })

  it('is listed with the pools of its account and Region', async () => {
    const sandbox = await sandboxFor({ emptyPages: 0, shortPages: 0 })
    const second = sandbox.addPool({ users: 1 })
    sandbox.addPool({ users: 1, region: 'eu-north-1' })
    const { UserPools } = await clientOf(sandbox).send(new ListUserPoolsCommand({ MaxResults: 60 }))
    expect(UserPools?.map(({ Id }) => Id)).toEqual([sandbox.poolId, second.id])
  })
})
