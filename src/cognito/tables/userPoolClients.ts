import {
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, SAME_POOL, type SourceColumn } from '../columns.ts'
import { DESCRIBED_PAGE_SIZE, describeEach } from '../describeEach.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { pagesOf } from '../pageSize.ts'
import type { Listed, PageRequest, SourceTable } from '../sourceTable.ts'

/** In the place of the secret, whether there is one. */
type ClientRecord = Omit<UserPoolClientType, 'ClientSecret'> & { readonly ClientSecret: boolean }

const COLUMNS: readonly SourceColumn[] = [
  column('client_id', 'text', 'ClientId', 'none'),
  column('name', 'text', 'ClientName', 'none'),
  column('client_type', 'text', 'ClientType', 'none'),
  column('has_secret', 'boolean', 'ClientSecret', 'none', 'whether there is one; the secret itself is stored nowhere'),
  column('created_at', 'timestamptz', 'CreationDate', 'none'),
  column('last_modified_at', 'timestamptz', 'LastModifiedDate', 'none'),
  column('explicit_auth_flows', 'jsonb', 'ExplicitAuthFlows', 'none'),
  column('supported_identity_providers', 'jsonb', 'SupportedIdentityProviders', 'none'),
  column('allowed_oauth_flows', 'jsonb', 'AllowedOAuthFlows', 'none'),
  column('allowed_oauth_scopes', 'jsonb', 'AllowedOAuthScopes', 'none'),
  column('allowed_oauth_flows_user_pool_client', 'boolean', 'AllowedOAuthFlowsUserPoolClient', 'none'),
  column('callback_urls', 'jsonb', 'CallbackURLs', 'none'),
  column('logout_urls', 'jsonb', 'LogoutURLs', 'none'),
  column('default_redirect_uri', 'text', 'DefaultRedirectURI', 'none'),
  column('read_attributes', 'jsonb', 'ReadAttributes', 'none'),
  column('write_attributes', 'jsonb', 'WriteAttributes', 'none'),
  column(
    'access_token_validity',
    'integer',
    'AccessTokenValidity',
    'none',
    'hours, unless token_validity_units says so',
  ),
  column('id_token_validity', 'integer', 'IdTokenValidity', 'none', 'hours, unless token_validity_units says so'),
  column(
    'refresh_token_validity',
    'integer',
    'RefreshTokenValidity',
    'none',
    'days, unless token_validity_units says so',
  ),
  column('token_validity_units', 'jsonb', 'TokenValidityUnits', 'none'),
  column('refresh_token_rotation', 'jsonb', 'RefreshTokenRotation', 'none'),
  column('auth_session_validity', 'integer', 'AuthSessionValidity', 'none', 'minutes'),
  column('enable_token_revocation', 'boolean', 'EnableTokenRevocation', 'none'),
  column('prevent_user_existence_errors', 'text', 'PreventUserExistenceErrors', 'none'),
  column(
    'enable_propagate_additional_user_context_data',
    'boolean',
    'EnablePropagateAdditionalUserContextData',
    'none',
  ),
  column('analytics_configuration', 'jsonb', 'AnalyticsConfiguration', 'none'),
  RAW_VALUES,
]

export const userPoolClients: SourceTable = {
  source: 'user_pool_clients',
  byDefault: false,
  operations: ['ListUserPoolClients', 'DescribeUserPoolClient'],
  rows: 'listed',
  sampleStream: () => ({ source: 'user_pool_clients' }),
  requests: ({ rows }) => ({
    ListUserPoolClients: pagesOf(rows, DESCRIBED_PAGE_SIZE),
    DescribeUserPoolClient: rows,
  }),
  streams: () => [{ source: 'user_pool_clients' }],
  listPage,
  shape: () => ({
    table: 'user_pool_clients',
    comment: 'The app clients of the pool, without their secrets',
    columns: COLUMNS,
    key: ['client_id'],
    newest: 'last_modified_at',
  }),
  leftOut: { ...SAME_POOL, ClientSecret: 'a secret: has_secret says whether there is one' },
  rowMapper: fieldMapper('client'),
}

async function listPage({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, MaxResults: DESCRIBED_PAGE_SIZE, NextToken: token }
  const { UserPoolClients = [], NextToken } = await pool.send(new ListUserPoolClientsCommand(request), signal)
  const records = await describeEach(UserPoolClients, async ({ ClientId }) => {
    const asked = { UserPoolId: pool.poolId, ClientId }
    const { UserPoolClient } = await pool.send(new DescribeUserPoolClientCommand(asked), signal)
    return UserPoolClient && withoutSecret(UserPoolClient)
  })
  return { records, token: NextToken }
}

function withoutSecret(client: UserPoolClientType): ClientRecord {
  return { ...client, ClientSecret: Boolean(client.ClientSecret) }
}
