import {
  DescribeIdentityProviderCommand,
  ListIdentityProvidersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { SECRET_CANARY } from '../../../src/sandbox/canary.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, listed, sandboxFor } from '../support.ts'

const listProviders = (sandbox: Sandbox, MaxResults?: number) =>
  listed(async (NextToken) => {
    const command = new ListIdentityProvidersCommand({ UserPoolId: sandbox.poolId, MaxResults, NextToken })
    const page = await clientOf(sandbox).send(command)
    return [page.Providers, page.NextToken]
  })

const describeProvider = async (sandbox: Sandbox, ProviderName: string | undefined) => {
  const command = new DescribeIdentityProviderCommand({ UserPoolId: sandbox.poolId, ProviderName })
  return (await clientOf(sandbox).send(command)).IdentityProvider
}

describe('the identity providers of a pool', () => {
  it('are listed page by page, then described', async () => {
    const sandbox = await sandboxFor({ providers: 9 })
    const list = await listProviders(sandbox, 4)
    expect(list).toHaveLength(9)
    expect(JSON.stringify(list)).not.toContain(SECRET_CANARY)
    for (const provider of sandbox.pool.identityProviders()) {
      const { ProviderName, ProviderType, LastModifiedDate, CreationDate } = provider
      expect(list).toContainEqual({ ProviderName, ProviderType, LastModifiedDate, CreationDate })
      expect(await describeProvider(sandbox, ProviderName)).toEqual(provider)
    }
  })

  it.each([
    ['Google', 'client_secret'],
    ['Facebook', 'client_secret'],
    ['Société-"5"-東京', 'client_secret'],
    ['SignInWithApple', 'private_key'],
  ])('of which %s gives its %s away', async (name, secret) => {
    const provider = await describeProvider(await sandboxFor({ providers: 5 }), name)
    expect(provider?.ProviderDetails?.[secret]).toContain(SECRET_CANARY)
  })

  it('have no secret where SAML has metadata instead', async () => {
    const provider = await describeProvider(await sandboxFor(), 'Okta-SAML')
    expect(provider?.ProviderDetails).toMatchObject({
      MetadataFile: expect.stringContaining('<EntityDescriptor'),
      MetadataURL: 'https://idp.corp.example/app/metadata?a=1&b=2',
    })
    expect(JSON.stringify(provider)).not.toContain(SECRET_CANARY)
  })

  it('are those that the federated users come from', async () => {
    const sandbox = await sandboxFor({ users: 500 })
    const identities = [...sandbox.users()].flatMap(({ Attributes }) =>
      Attributes.filter(({ Name }) => Name === 'identities').map(({ Value }) => JSON.parse(Value)[0].providerName),
    )
    expect(new Set(identities)).toEqual(new Set((await listProviders(sandbox)).map(({ ProviderName }) => ProviderName)))
  })

  it('come 50 a page when 60 are asked for', async () => {
    const sandbox = await sandboxFor({ providers: 55, emptyPages: 0, shortPages: 0 })
    const command = new ListIdentityProvidersCommand({ UserPoolId: sandbox.poolId, MaxResults: 60 })
    expect((await clientOf(sandbox).send(command)).Providers).toHaveLength(50)
    expect(await listProviders(sandbox, 60)).toHaveLength(55)
  })

  it('can be gone between list and describe', async () => {
    const sandbox = await sandboxFor()
    sandbox.pool.deleteProvider('Google')
    await expect(describeProvider(sandbox, 'Google')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Identity provider Google does not exist.',
    })
    expect(await listProviders(sandbox)).toHaveLength(3)
    expect(() => sandbox.pool.deleteProvider('Google')).toThrow(RangeError)
  })
})
