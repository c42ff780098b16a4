import type { Cloud } from '../cloud.ts'
import { notFound } from '../errors.ts'
import { maxResultsOf, requiredText } from '../parameters.ts'
import { wire } from '../wire.ts'
import { type Call, cognito, named, type Operations, pageOf, poolOf } from './call.ts'

/** What is asked of a pool's identity providers. */
export const PROVIDER_OPERATIONS: Operations = {
  ListIdentityProviders: cognito('UserPoolResourceRead', listIdentityProviders),
  DescribeIdentityProvider: cognito('UserPoolResourceRead', describeIdentityProvider),
}

/** It takes a MaxResults of 60 and gives 50. */
const MOST = 50

function listIdentityProviders(cloud: Cloud, call: Call) {
  const limit = Math.min(maxResultsOf(call.input, { least: 0 }), MOST)
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id], (after) =>
    named(pool.identityProviders(), ({ ProviderName }) => ProviderName, after),
  )
  const listed = page.entries.map(({ item: { ProviderName, ProviderType, LastModifiedDate, CreationDate } }) =>
    wire({ ProviderName, ProviderType, LastModifiedDate, CreationDate }),
  )
  return { Providers: listed, NextToken: page.token }
}

function describeIdentityProvider(cloud: Cloud, call: Call) {
  const name = requiredText(call.input, 'ProviderName')
  const provider = poolOf(cloud, call).identityProvider(name)
  if (!provider) throw notFound(`Identity provider ${name} does not exist.`)
  return { IdentityProvider: wire(provider) }
}
