import {
  DescribeIdentityProviderCommand,
  type IdentityProviderType,
  ListIdentityProvidersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, SAME_POOL } from '../columns.ts'
import { DESCRIBED_PAGE_SIZE, describeEach } from '../describeEach.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { pagesOf } from '../pageSize.ts'
import { withoutSecrets } from '../providerSecrets.ts'
import type { Listed, PageRequest, SourceTable } from '../sourceTable.ts'

export const identityProviders: SourceTable = {
  source: 'identity_providers',
  byDefault: false,
  operations: ['ListIdentityProviders', 'DescribeIdentityProvider'],
  rows: 'listed',
  sampleStream: () => ({ source: 'identity_providers' }),
  requests: ({ rows }) => ({
    ListIdentityProviders: pagesOf(rows, DESCRIBED_PAGE_SIZE),
    DescribeIdentityProvider: rows,
  }),
  streams: () => [{ source: 'identity_providers' }],
  listPage,
  shape: () => ({
    table: 'identity_providers',
    comment: 'The identity providers that users of the pool may sign in with, without their secrets',
    columns: [
      column('name', 'text', 'ProviderName', 'none'),
      column('type', 'text', 'ProviderType', 'none', 'SAML, OIDC, Google, Facebook, SignInWithApple, …'),
      column(
        'provider_details',
        'jsonb',
        'ProviderDetails',
        'none',
        'without client_secret, private_key and whatever else may be a secret by its name or value: those are stored nowhere',
      ),
      column('attribute_mapping', 'jsonb', 'AttributeMapping', 'none', "attribute of the pool → the provider's"),
      column('idp_identifiers', 'jsonb', 'IdpIdentifiers', 'none'),
      column('acr_mapping', 'jsonb', 'AcrMapping', 'none', 'authentication context classes'),
      column('created_at', 'timestamptz', 'CreationDate', 'none'),
      column('last_modified_at', 'timestamptz', 'LastModifiedDate', 'none'),
      RAW_VALUES,
    ],
    key: ['name'],
    newest: 'last_modified_at',
  }),
  leftOut: {
    ...SAME_POOL,
    'ProviderDetails.client_secret': 'a secret',
    'ProviderDetails.private_key': 'a secret',
  },
  rowMapper: fieldMapper('identity provider'),
}

async function listPage({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, MaxResults: DESCRIBED_PAGE_SIZE, NextToken: token }
  const { Providers = [], NextToken } = await pool.send(new ListIdentityProvidersCommand(request), signal)
  const records = await describeEach(Providers, async ({ ProviderName }) => {
    const asked = { UserPoolId: pool.poolId, ProviderName }
    const { IdentityProvider } = await pool.send(new DescribeIdentityProviderCommand(asked), signal)
    return IdentityProvider && withoutItsSecrets(IdentityProvider)
  })
  return { records, token: NextToken }
}

function withoutItsSecrets(provider: IdentityProviderType): IdentityProviderType {
  const { ProviderDetails } = provider
  return ProviderDetails ? { ...provider, ProviderDetails: withoutSecrets(ProviderDetails) } : provider
}
