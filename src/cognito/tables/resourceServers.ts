import { ListResourceServersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, SAME_POOL } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { pagesOf } from '../pageSize.ts'
import type { Listed, PageRequest, SourceTable } from '../sourceTable.ts'

/** Every other list of Cognito's takes 60; this one refuses more than 50. */
const PAGE_SIZE = 50

export const resourceServers: SourceTable = {
  source: 'resource_servers',
  byDefault: false,
  operations: ['ListResourceServers'],
  rows: 'listed',
  sampleStream: () => ({ source: 'resource_servers' }),
  requests: ({ rows }) => ({ ListResourceServers: pagesOf(rows, PAGE_SIZE) }),
  streams: () => [{ source: 'resource_servers' }],
  listPage,
  shape: () => ({
    table: 'resource_servers',
    comment: 'The resource servers of the pool, with their scopes',
    columns: [
      column('identifier', 'text', 'Identifier', 'none'),
      column('name', 'text', 'Name', 'none'),
      column('scopes', 'jsonb', 'Scopes', 'none', 'each with its ScopeName and ScopeDescription'),
      column('managed_by', 'text', 'ManagedBy', 'none'),
      RAW_VALUES,
    ],
    key: ['identifier'],
  }),
  leftOut: SAME_POOL,
  rowMapper: fieldMapper('resource server'),
}

async function listPage({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, MaxResults: PAGE_SIZE, NextToken: token }
  const { ResourceServers = [], NextToken } = await pool.send(new ListResourceServersCommand(request), signal)
  return { records: ResourceServers, token: NextToken }
}
