import { describe, expect, test } from 'vitest'
import { groupMembers, membersPerUser } from '../../src/cognito/tables/groupMembers.ts'
import type { Row } from '../../src/db/table.ts'
import { type Answer, type Asked, scripted } from './scripted.ts'

const user = (name: string) => ({ Username: name, Attributes: [{ Name: 'sub', Value: `sub of ${name}` }] })
const never = new AbortController().signal

/** A page of users, and for each of them what `groupsOf` answers. */
function pool(names: readonly string[], groupsOf: (asked: Asked['input']) => Answer) {
  return scripted(({ operation, input }) =>
    operation === 'ListUsers' ? { Users: names.map(user), PaginationToken: 'more' } : groupsOf(input),
  )
}

async function perUser({ pool }: Awaited<ReturnType<typeof scripted>>, signal = never) {
  const stream = { source: 'group_members', per: 'user' } as const
  const { records, token } = await groupMembers.listPage({ pool, stream, token: undefined, signal })
  const rows = records.map((record): Row => {
    const mapped = groupMembers.rowMapper(groupMembers.shape(null))(record)
    return 'row' in mapped ? mapped.row : { reject: mapped.reject }
  })
  return { rows, token }
}

describe('who is in which group', () => {
  test.each([
    [{ users: 30, groups: 300 }, true],
    [{ users: 299, groups: 300 }, true],
    [{ users: 300, groups: 300 }, false],
    [{ users: 5_000, groups: 12 }, false],
  ])('of %j is asked per user: %s', (size, perUser) => {
    expect(membersPerUser(size)).toBe(perUser)
  })

  test('is never asked per user for the sake of a page of groups: the estimate of a new pool is 0 for hours', () => {
    expect(membersPerUser({ users: 0, groups: 60 })).toBe(false)
    expect(membersPerUser({ users: 0, groups: 61 })).toBe(true)
  })

  test('costs what the cheaper way takes', () => {
    expect(groupMembers.requests({ rows: 90, users: 130, groups: 300 })).toEqual({
      ListUsers: 3,
      AdminListGroupsForUser: 130,
    })
    expect(groupMembers.requests({ rows: 900, users: 5_000, groups: 12 })).toEqual({ ListUsersInGroup: 12 })
  })
})

describe('asking each user of a page', () => {
  test('gives every membership, in the order of the users, through all pages of their groups', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `user ${n}`)
    const asked = await pool(names, ({ Username, NextToken }) =>
      NextToken
        ? { Groups: [{ GroupName: `last of ${Username}` }] }
        : { Groups: [{ GroupName: 'all' }], NextToken: 'rest' },
    )
    const { rows, token } = await perUser(asked)
    expect(token).toBe('more')
    expect(rows).toEqual(
      names.flatMap((username) =>
        ['all', `last of ${username}`].map((group_name) => ({ group_name, sub: `sub of ${username}`, username })),
      ),
    )
    expect(asked.asked.filter(({ operation }) => operation === 'AdminListGroupsForUser')).toHaveLength(50)
  })

  test('finds nothing for a user who has been deleted since', async () => {
    const asked = await pool(['ada', 'gone'], ({ Username }) =>
      Username === 'gone' ? { error: 'UserNotFoundException' } : { Groups: [{ GroupName: 'all' }] },
    )
    expect((await perUser(asked)).rows).toMatchObject([{ username: 'ada' }])
  })

  test('fails with the first user that fails, and asks for no more', async () => {
    const names = Array.from({ length: 60 }, (_, n) => String(n))
    const asked = await pool(names, ({ Username }) =>
      Username === '3' ? { error: 'AccessDeniedException' } : { Groups: [] },
    )
    await expect(perUser(asked)).rejects.toMatchObject({ code: 'permission-missing' })
    expect(asked.asked.length).toBeLessThan(40)
  })

  test('does not go round in circles', async () => {
    const asked = await pool(['ada'], () => ({ Groups: [], NextToken: 'again' }))
    await expect(perUser(asked)).rejects.toMatchObject({ code: 'token-loop' })
  })

  test('stops at once when it is told to, though nobody answers', async () => {
    const asked = await pool(['ada', 'bob'], () => () => undefined)
    const stop = new AbortController()
    const reading = perUser(asked, stop.signal)
    setTimeout(() => stop.abort(new Error('told to stop')), 100)
    await expect(reading).rejects.toThrow('told to stop')
  })
})
