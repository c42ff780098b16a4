import { describe, expect, test } from 'vitest'
import { addRequests, costOf } from '../../src/cognito/cost.ts'
import { documentedAt } from '../../src/cognito/quotas.ts'
import { groupMembers } from '../../src/cognito/tables/groupMembers.ts'
import { users } from '../../src/cognito/tables/users.ts'

describe('the cost of reading', () => {
  test('a million users take 10.3 minutes of nine tenths of the quota', () => {
    const [cost, ...others] = costOf(
      users.requests({ rows: 1_000_000, users: 1_000_000, groups: 0 }),
      documentedAt(0.9),
    )
    expect(others).toEqual([])
    expect(cost).toMatchObject({ category: 'UserList', requests: 16_667, allowed: 30, taken: 27 })
    expect((cost?.seconds ?? 0) / 60).toBeCloseTo(10.3, 1)
  })

  test('what draws on one quota is added up, and quotas that differ are used side by side', () => {
    const size = { rows: 600, users: 600, groups: 5 }
    const all = addRequests([users.requests(size), groupMembers.requests(size), { DescribeUserPool: 1 }])
    expect(costOf(all, documentedAt(1)).map(({ category, requests }) => [category, requests])).toEqual([
      ['UserList', 15],
      ['UserPoolRead', 1],
    ])
  })

  test('an operation that is limited by pool takes its 5 requests a second', () => {
    expect(costOf({ ListUserPoolClients: 1, DescribeUserPoolClient: 50 }, documentedAt(1))).toEqual([
      { category: 'UserPoolClientRead', requests: 51, allowed: 15, taken: 15, seconds: 10 },
    ])
  })
})
