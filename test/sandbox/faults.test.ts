import { DescribeUserPoolCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { bySub, clientOf, pagesOf, sandboxFor, subOf } from './support.ts'

const list = (sandbox: Sandbox, input = {}) =>
  clientOf(sandbox).send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 10, ...input }))

describe('a fault on demand', () => {
  it.each<[Fault, object]>([
    [{ kind: 'throttle' }, { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 400 } }],
    [{ kind: 'error500' }, { name: 'InternalErrorException', $metadata: { httpStatusCode: 500 } }],
    [{ kind: 'html503' }, { name: 'SyntaxError', $metadata: { httpStatusCode: 503 } }],
    [{ kind: 'reset' }, { code: 'ECONNRESET' }],
    [{ kind: 'poolDeleted' }, { name: 'ResourceNotFoundException' }],
    [{ kind: 'filterRefused' }, { name: 'InvalidParameterException' }],
  ])('%o is what the SDK sees, and ends when it is taken away', async (fault, error) => {
    const sandbox = await sandboxFor()
    const end = sandbox.faults.add(fault)
    await expect(list(sandbox, { Filter: 'sub ^= "a"' })).rejects.toMatchObject(error)
    end()
    expect((await list(sandbox, { Filter: 'sub ^= "a"' })).Users).toBeDefined()
  })

  it('strikes as many requests as it says, of its operation, and is got over by retrying', async () => {
    const sandbox = await sandboxFor()
    sandbox.faults.add({ kind: 'reset', operation: 'ListUsers', count: 2 })
    const client = clientOf(sandbox, { maxAttempts: 3 })
    await client.send(new DescribeUserPoolCommand({ UserPoolId: sandbox.poolId }))
    await client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId }))
    expect(sandbox.requests.operations).toEqual({ DescribeUserPool: 1, ListUsers: 3 })
    expect(sandbox.faults.list()).toEqual([])
  })

  it('strikes one pool and not another', async () => {
    const sandbox = await sandboxFor()
    const other = sandbox.addPool({ users: 5 })
    sandbox.faults.add({ kind: 'poolDeleted', poolId: other.id })
    expect((await list(sandbox)).Users).toBeDefined()
    await expect(list(sandbox, { UserPoolId: other.id })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('strikes by chance, the same way for the same seed', async () => {
    const outcomes = async (seed: number) => {
      const sandbox = await sandboxFor({ seed })
      sandbox.faults.add({ kind: 'error500', probability: 0.5 })
      const client = clientOf(sandbox)
      const results: string[] = []
      for (let at = 0; at < 20; at++) {
        const result = client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId }))
        results.push(
          await result.then(
            () => 'ok',
            (error: Error) => error.name,
          ),
        )
      }
      return results
    }
    const first = await outcomes(7)
    expect(new Set(first)).toEqual(new Set(['ok', 'InternalErrorException']))
    expect(await outcomes(7)).toEqual(first)
    expect(await outcomes(8)).not.toEqual(first)
  })

  it('slow: answers later, and not sooner', async () => {
    const sandbox = await sandboxFor()
    sandbox.faults.add({ kind: 'slow', ms: 300, count: 1 })
    const started = performance.now()
    expect((await list(sandbox)).Users).toBeDefined()
    expect(performance.now() - started).toBeGreaterThan(290)
  })

  it.each([1, 3])('loopingToken: a listing that ends never, with %i tokens in turn', async (cycle) => {
    const sandbox = await sandboxFor()
    sandbox.faults.add({ kind: 'loopingToken', cycle })
    const tokens: (string | undefined)[] = []
    for (let at = 0; at < 9; at++) {
      const page = await list(sandbox, { PaginationToken: tokens.at(-1) })
      tokens.push(page.PaginationToken)
    }
    expect(new Set(tokens).size).toBe(cycle)
    expect(tokens[cycle]).toBe(tokens[0])
  })

  it('expiredTokens: a listing that can only start over', async () => {
    const sandbox = await sandboxFor()
    const { PaginationToken } = await list(sandbox)
    sandbox.faults.add({ kind: 'expiredTokens', count: 1 })
    expect((await list(sandbox)).Users).toBeDefined()
    await expect(list(sandbox, { PaginationToken })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const users = (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 60 })).flat()
    expect(bySub(users)).toEqual(bySub(sandbox.users()))
  })

  it('losingFilter: one shard finds nobody and says nothing, the others and the whole list are right', async () => {
    const sandbox = await sandboxFor()
    sandbox.faults.add({ kind: 'losingFilter', prefix: 'a' })
    const shard = async (digit: string) =>
      (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 60, Filter: `sub ^= "${digit}"` })).flat()
    const expected = Array.from(sandbox.users(), subOf).filter((sub) => sub.startsWith('b')).length
    expect(await shard('a')).toEqual([])
    expect(await shard('b')).toHaveLength(expected)
    expect((await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 60 })).flat()).toHaveLength(300)
  })

  it('losingList: whose sub starts so is in no list, and nothing says so', async () => {
    const sandbox = await sandboxFor()
    sandbox.faults.add({ kind: 'losingList', prefix: 'a' })
    const left = [...sandbox.users()].filter((user) => !subOf(user).startsWith('a'))
    const whole = (await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Limit: 60 })).flat()
    expect(bySub(whole)).toEqual(bySub(left))
    expect(await pagesOf(clientOf(sandbox), { UserPoolId: sandbox.poolId, Filter: 'sub ^= "a"' })).toEqual([[]])
  })
})
