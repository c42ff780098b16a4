import { DescribeUserPoolClientCommand, ListUserPoolClientsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { SECRET_CANARY } from '../../../src/sandbox/canary.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, listed, sandboxFor } from '../support.ts'

const listClients = (sandbox: Sandbox, MaxResults?: number) =>
  listed(async (NextToken) => {
    const command = new ListUserPoolClientsCommand({ UserPoolId: sandbox.poolId, MaxResults, NextToken })
    const page = await clientOf(sandbox).send(command)
    return [page.UserPoolClients, page.NextToken]
  })

const describeClient = async (sandbox: Sandbox, ClientId: string | undefined) => {
  const command = new DescribeUserPoolClientCommand({ UserPoolId: sandbox.poolId, ClientId })
  return (await clientOf(sandbox).send(command)).UserPoolClient
}

describe('the app clients of a pool', () => {
  it('are listed page by page without their secrets, then described with them', async () => {
    const sandbox = await sandboxFor({ clients: 70 })
    const list = await listClients(sandbox, 60)
    expect(new Set(list.map(({ ClientId }) => ClientId)).size).toBe(70)
    expect(JSON.stringify(list)).not.toContain(SECRET_CANARY)
    for (const client of sandbox.pool.clients().slice(0, 5)) {
      const { ClientId, ClientName, UserPoolId } = client
      expect(list).toContainEqual({ ClientId, ClientName, UserPoolId })
      expect(await describeClient(sandbox, ClientId)).toEqual(client)
    }
  })

  it('are three, of which two have secrets that can be searched for', async () => {
    const sandbox = await sandboxFor()
    const secrets = sandbox.pool.clients().map(({ ClientSecret }) => ClientSecret)
    const secret = expect.stringContaining(SECRET_CANARY)
    expect(secrets).toEqual([secret, undefined, secret])
    expect(new Set(secrets).size).toBe(3)
  })

  it('have names that break what was built by hand', async () => {
    const names = (await listClients(await sandboxFor())).map(({ ClientName }) => ClientName)
    expect(names).toContain('Web "Kundenportal" <beta>')
    expect(names).toContain("Nightly batch; drop table users;--'")
  })

  it('can be gone between list and describe', async () => {
    const sandbox = await sandboxFor()
    const [client] = await listClients(sandbox)
    sandbox.pool.deleteClient(client?.ClientId ?? '')
    await expect(describeClient(sandbox, client?.ClientId)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `User pool client ${client?.ClientId} does not exist.`,
    })
    expect(await listClients(sandbox)).toHaveLength(2)
    expect(() => sandbox.pool.deleteClient('none')).toThrow(RangeError)
  })

  it('who stay are all listed, once, though others go between two pages', async () => {
    const sandbox = await sandboxFor({ clients: 20, emptyPages: 0, shortPages: 0 })
    const seen: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const command = new ListUserPoolClientsCommand({ UserPoolId: sandbox.poolId, MaxResults: 4, NextToken })
      const page = await clientOf(sandbox).send(command)
      const [first, ...more] = page.UserPoolClients?.map(({ ClientId }) => ClientId) ?? []
      sandbox.pool.deleteClient(first ?? '')
      seen.push(...more)
      NextToken = page.NextToken
    } while (NextToken)
    expect(seen.toSorted()).toEqual(
      sandbox.pool
        .clients()
        .map(({ ClientId }) => ClientId)
        .toSorted(),
    )
  })

  it('are listed anew once a token has expired', async () => {
    const sandbox = await sandboxFor({ clients: 20 })
    sandbox.faults.add({ kind: 'expiredTokens', count: 1 })
    await expect(listClients(sandbox, 4)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    expect(await listClients(sandbox, 4)).toHaveLength(20)
  })

  it.each([0, 61])('are not listed by a MaxResults of %i', async (MaxResults) => {
    const list = listClients(await sandboxFor(), MaxResults)
    await expect(list).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})
