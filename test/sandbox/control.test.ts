import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { clientOf, sandboxFor, subOf } from './support.ts'

const door = (sandbox: Sandbox, path: string, method = 'GET', body?: unknown) =>
  fetch(`${sandbox.endpoint}/_sandbox/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })

const linesOf = async (response: Response) =>
  (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the control door', () => {
  it('tells the state', async () => {
    const sandbox = await sandboxFor()
    await clientOf(sandbox).send(new ListUsersCommand({ UserPoolId: sandbox.poolId }))
    expect(await (await door(sandbox, 'state')).json()).toEqual({
      pools: [{ id: sandbox.poolId, region: 'us-east-1', users: 300 }],
      requests: { total: 1, throttled: 0, operations: { ListUsers: 1 } },
      billedUsers: 0,
      faults: [],
      quota: 1_000,
      latencyMs: 0,
    })
  })

  it('turns faults on and off', async () => {
    const sandbox = await sandboxFor()
    const list = () => clientOf(sandbox).send(new ListUsersCommand({ UserPoolId: sandbox.poolId }))
    await door(sandbox, 'faults', 'POST', { kind: 'error500' })
    await expect(list()).rejects.toMatchObject({ name: 'InternalErrorException' })
    await door(sandbox, 'faults', 'DELETE')
    expect((await list()).Users).toBeDefined()
  })

  it('streams all users as the wire has them, of any pool', async () => {
    const sandbox = await sandboxFor({ users: 2_000 })
    const other = sandbox.addPool({ users: 3 })
    const users = await linesOf(await door(sandbox, 'users'))
    expect(users.map(subOf)).toEqual(Array.from(sandbox.users(), subOf))
    const [first] = sandbox.users()
    expect(users[0].UserCreateDate).toBe((first?.UserCreateDate.getTime() ?? 0) / 1_000)
    const others = await linesOf(await door(sandbox, `users?pool=${other.id}`))
    expect(others.map(subOf)).toEqual(Array.from(other.users(), subOf))
  })

  it('streams all groups with their members', async () => {
    const sandbox = await sandboxFor()
    const groups = await linesOf(await door(sandbox, 'groups'))
    expect(groups).toHaveLength(12)
    expect(groups[0].Members).toEqual(Array.from(sandbox.members(groups[0].GroupName), subOf))
  })

  it('adds, changes and deletes users', async () => {
    const sandbox = await sandboxFor({ users: 1 })
    const [user] = sandbox.users()
    const added = await (await door(sandbox, 'users', 'POST', { add: { username: 'ada' } })).json()
    await door(sandbox, 'users', 'POST', { change: 'ada', to: { attributes: { name: 'Ada' } } })
    await door(sandbox, 'users', 'POST', { delete: user?.Username })
    expect([...sandbox.users()]).toMatchObject([{ Username: 'ada' }])
    const [ada] = sandbox.users()
    expect(ada && subOf(ada)).toBe(subOf(added))
    expect(ada?.Attributes).toContainEqual({ Name: 'name', Value: 'Ada' })
  })

  it('sets quota and latency', async () => {
    const sandbox = await sandboxFor()
    const state = await (await door(sandbox, 'tuning', 'POST', { quota: 2, latencyMs: 5 })).json()
    expect(state).toMatchObject({ quota: 2, latencyMs: 5 })
  })

  it.each([
    ['faults', { kind: 'earthquake' }],
    ['users', { delete: 'nobody' }],
    ['users', { add: {}, delete: 'both' }],
    ['users?pool=none', { add: {} }],
    ['tuning', { quota: 0 }],
  ])('says what is wrong with a request to %s', async (path, body) => {
    const sandbox = await sandboxFor()
    const response = await door(sandbox, path, 'POST', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.any(String) })
    expect((await door(sandbox, 'nowhere')).status).toBe(404)
  })
})
