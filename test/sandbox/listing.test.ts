import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bySub, clientOf, membersOf, pagesOf, sandboxFor, subOf } from './support.ts'

const HEX = [...'0123456789abcdef']

describe('listing users', () => {
  it('gives every user once, attribute by attribute, through the unfiltered list', async () => {
    const sandbox = await sandboxFor()
    const users = (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 60 })).flat()
    expect(bySub(users)).toEqual(bySub(sandbox.users()))
  })

  it('gives every user once through 16 shards by sub, each ascending', async () => {
    const sandbox = await sandboxFor({ users: 1_000 })
    const client = clientOf(sandbox)
    const shards = await Promise.all(
      HEX.map((digit) => pagesOf(client, { UserPoolId: sandbox.poolId, Limit: 60, Filter: `sub ^= "${digit}"` })),
    )
    for (const [at, shard] of shards.entries()) {
      const subs = shard.flat().map(subOf)
      expect(subs).toEqual(subs.toSorted())
      expect(subs.every((sub) => sub.startsWith(HEX[at] ?? '?'))).toBe(true)
    }
    expect(bySub(shards.flat(2))).toEqual(bySub(sandbox.users()))
  })

  it('gives short pages, empty pages that carry a token, and never more than Limit', async () => {
    const sandbox = await sandboxFor({ shortPages: 0.3, emptyPages: 0.2 })
    const pages = await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 7 })
    const sizes = pages.slice(0, -1).map((page) => page.length)
    expect(Math.max(...sizes)).toBe(7)
    expect(sizes.filter((size) => size > 0 && size < 7).length).toBeGreaterThan(3)
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(3)
    expect(bySub(pages.flat())).toEqual(bySub(sandbox.users()))
  })

  it.each([undefined, 0])('takes a page smaller than 60 when Limit is %s', async (Limit) => {
    const sandbox = await sandboxFor({ shortPages: 0, emptyPages: 0 })
    const page = await clientOf(sandbox).send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit }))
    expect(page.Users).toHaveLength(25)
  })

  it('gives the same page again for the same token', async () => {
    const sandbox = await sandboxFor()
    const client = clientOf(sandbox)
    const first = await client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 10 }))
    const next = () =>
      client.send(
        new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 10, PaginationToken: first.PaginationToken }),
      )
    expect((await next()).Users).toEqual((await next()).Users)
  })

  it('keeps to its order and loses nobody who stays, while users come, change and go', async () => {
    const sandbox = await sandboxFor({ churn: 2 })
    const before = new Set(Array.from(sandbox.users(), subOf))
    const seen = (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 5 })).flat().map(subOf)
    const after = new Set(Array.from(sandbox.users(), subOf))
    const stayed = [...before].filter((sub) => after.has(sub))
    expect(stayed.length).toBeLessThan(before.size)
    expect(new Set(seen).size).toBe(seen.length)
    expect(stayed.filter((sub) => !seen.includes(sub))).toEqual([])
  })

  it('finds, for any prefix of any searchable attribute, exactly the users who have it, ascending', async () => {
    const sandbox = await sandboxFor({ users: 120 })
    const client = clientOf(sandbox)
    const users = bySub(sandbox.users())
    const attribute = fc.constantFrom('sub', 'email', 'name', 'given_name', 'family_name', 'preferred_username')
    await fc.assert(
      fc.asyncProperty(attribute, fc.nat(119), fc.nat(5), fc.constantFrom(' ^= ', '^='), async (name, at, size, op) => {
        const valueIn = (user: (typeof users)[number]) => user.Attributes.find(({ Name }) => Name === name)?.Value
        const prefix = [...(valueIn(users[at] ?? users[0] ?? fail()) ?? 'a')].slice(0, size).join('')
        const Filter = `${name}${op}"${prefix}"`
        const found = (await pagesOf(client, { UserPoolId: sandbox.poolId, Limit: 20, Filter })).flat()
        const values = found.map((user) => user.Attributes?.find(({ Name }) => Name === name)?.Value ?? '')
        expect(values).toEqual(values.toSorted())
        expect(bySub(found)).toEqual(users.filter((user) => valueIn(user)?.startsWith(prefix)))
      }),
      { numRuns: 40 },
    )
  })

  it('lists the members of each group, those of the odd name and of the empty one too', async () => {
    const sandbox = await sandboxFor({ users: 500 })
    const client = clientOf(sandbox)
    const names = sandbox.groups().map(({ GroupName }) => GroupName)
    const sizes: number[] = []
    for (const name of names) {
      const members = await membersOf(client, sandbox.poolId, name)
      expect(members).toEqual([...sandbox.members(name)])
      sizes.push(members.length)
    }
    expect(names).toContain('Équipe "A" / 東京')
    expect(sizes.filter((size) => size === 0)).toHaveLength(1)
  })

  it('lists a user that was added, changed or taken away by hand', async () => {
    const sandbox = await sandboxFor({ users: 3 })
    const client = clientOf(sandbox)
    const [changed, gone] = bySub(sandbox.users())
    const added = sandbox.addUser({ username: 'ada', attributes: { name: 'Ada' }, groups: ['support'] })
    sandbox.changeUser(changed?.Username ?? '', {
      enabled: false,
      attributes: { name: null, email: 'new@example.com' },
    })
    sandbox.deleteUser(gone?.Username ?? '')
    const users = (await pagesOf(client, { UserPoolId: sandbox.poolId, Limit: 60 })).flat()
    expect(users).toHaveLength(3)
    expect(users.find((user) => user.Username === 'ada')).toEqual(added)
    expect(await membersOf(client, sandbox.poolId, 'support')).toContainEqual(added)
    const after = users.find((user) => subOf(user) === (changed ? subOf(changed) : ''))
    expect(after).toMatchObject({ Enabled: false, UserCreateDate: changed?.UserCreateDate })
    expect(after?.Attributes).toContainEqual({ Name: 'email', Value: 'new@example.com' })
    expect(after?.Attributes?.map(({ Name }) => Name)).not.toContain('name')
    expect(after?.UserLastModifiedDate?.getTime()).toBeGreaterThan(changed?.UserLastModifiedDate.getTime() ?? 0)
  })
})

function fail(): never {
  throw new Error('the pool is empty')
}
