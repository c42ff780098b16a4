import {
  type CognitoIdentityProviderClient,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Quota } from '../../src/sandbox/quota.ts'
import { clientOf, sandboxFor } from './support.ts'

describe('the quota of a category', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  /** How many of 100 requests in a row get through. */
  const through = (quota: Quota, ...[category, account, region, operation, pool]: Parameters<Quota['charge']>) => {
    let passed = 0
    for (let at = 0; at < 100; at++) {
      try {
        quota.charge(category, account, region, operation, pool)
        passed++
      } catch (error) {
        expect(error).toMatchObject({ name: 'TooManyRequestsException', message: 'Rate exceeded', status: 400 })
      }
    }
    return passed
  }

  it('is shared by the operations and pools of an account and Region, and by nobody else', () => {
    const quota = new Quota(1)
    expect(through(quota, 'UserList', 'a', 'r', 'ListUsers', 'p1')).toBe(30)
    expect(through(quota, 'UserList', 'a', 'r', 'ListUsersInGroup', 'p2')).toBe(0)
    expect(through(quota, 'UserList', 'b', 'r', 'ListUsers', 'p3')).toBe(30)
    expect(through(quota, 'UserList', 'a', 's', 'ListUsers', 'p4')).toBe(30)
    expect(through(quota, 'UserPoolRead', 'a', 'r', 'DescribeUserPool', 'p1')).toBe(15)
    expect(through(quota, 'UserResourceRead', 'a', 'r', 'AdminListGroupsForUser', 'p1')).toBe(50)
  })

  it('is 120/s for AdminGetUser', () => {
    const quota = new Quota(1)
    expect(through(quota, 'UserRead', 'a', 'r', 'AdminGetUser', 'p1')).toBe(100)
    expect(through(quota, 'UserRead', 'a', 'r', 'AdminGetUser', 'p2')).toBe(20)
  })

  it('comes back at its rate and holds one second of it', () => {
    const quota = new Quota(1)
    through(quota, 'UserList', 'a', 'r', 'ListUsers', 'p')
    vi.advanceTimersByTime(500)
    expect(through(quota, 'UserList', 'a', 'r', 'ListUsers', 'p')).toBe(15)
    vi.advanceTimersByTime(60_000)
    expect(through(quota, 'UserList', 'a', 'r', 'ListUsers', 'p')).toBe(30)
  })

  it.each([
    ['UserPoolResourceRead', 'ListGroups', [5, 5, 5, 5, 0]],
    ['UserPoolClientRead', 'DescribeUserPoolClient', [5, 5, 5, 0, 0]],
  ] as const)(
    'of %s allows 5/s of one operation on one pool, within what it allows in all',
    (category, operation, expected) => {
      const quota = new Quota(1)
      const pools = ['p1', 'p2', 'p3', 'p4', 'p5']
      expect(pools.map((pool) => through(quota, category, 'a', 'r', operation, pool))).toEqual(expected)
    },
  )

  it('is multiplied', () => {
    expect(through(new Quota(2), 'UserList', 'a', 'r', 'ListUsers', 'p')).toBe(60)
    expect(through(new Quota(0.01), 'UserList', 'a', 'r', 'ListUsers', 'p')).toBe(1)
    expect(through(new Quota(1_000), 'UserList', 'a', 'r', 'ListUsers', 'p')).toBe(100)
  })
})

describe('a client above the quota', () => {
  const burst = (client: CognitoIdentityProviderClient, UserPoolId: string, GroupName: string) =>
    Promise.allSettled(
      Array.from({ length: 100 }, (_, at) =>
        at % 2
          ? client.send(new ListUsersCommand({ UserPoolId, Limit: 1 }))
          : client.send(new ListUsersInGroupCommand({ UserPoolId, GroupName, Limit: 1 })),
      ),
    )

  it('is answered TooManyRequestsException with HTTP 400, which the sandbox counts', async () => {
    const sandbox = await sandboxFor({ quota: 0.1 })
    const outcomes = await burst(clientOf(sandbox), sandbox.poolId, 'admins')
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(sandbox.requests).toMatchObject({
      total: 100,
      throttled: refused.length,
      operations: { ListUsers: 50, ListUsersInGroup: 50 },
    })
    expect(refused[0]?.reason).toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('does not disturb another account', async () => {
    const sandbox = await sandboxFor({ quota: 0.1 })
    const neighbour = sandbox.addPool({ users: 10, accountId: '999999999999' })
    const credentials = sandbox.addPrincipal({ accountId: '999999999999' })
    await burst(clientOf(sandbox), sandbox.poolId, 'admins')
    const page = await clientOf(sandbox, { credentials }).send(new ListGroupsCommand({ UserPoolId: neighbour.id }))
    expect(page.Groups).toBeDefined()
  })
})
