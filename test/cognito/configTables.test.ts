import { describe, expect, test } from 'vitest'
import { sourceTable } from '../../src/cognito/catalogue.ts'
import type { Mapped } from '../../src/cognito/sourceTable.ts'
import { type Answer, type Asked, scripted } from './scripted.ts'

/** What becomes of the first page of a table, and what was asked for it. */
async function firstPage(source: string, answer: (asked: Asked) => Answer) {
  const { pool, asked } = await scripted(answer)
  const table = sourceTable(source)
  const request = { pool, stream: { source }, token: undefined, signal: AbortSignal.timeout(10_000) }
  const { records, token } = await table.listPage(request)
  return { asked, records, token, mapped: records.map(table.rowMapper(table.shape(null))) }
}

const rowsOf = (mapped: readonly Mapped[]) => mapped.flatMap((one) => ('row' in one ? [one.row] : []))

/** A Cognito that lists these clients, and describes them as the test says. */
const clients =
  (ids: readonly string[], describeOne: (id: string) => Answer) =>
  ({ operation, input }: Asked): Answer =>
    operation === 'ListUserPoolClients'
      ? { UserPoolClients: ids.map((ClientId) => ({ ClientId })), NextToken: 'more' }
      : describeOne(String(input.ClientId))

const client = (ClientId: string, more: object = {}): Answer => ({ UserPoolClient: { ClientId, ...more } })

describe('clients', () => {
  test('are listed ten at a time, and each is described', async () => {
    const { asked, mapped, token } = await firstPage('user_pool_clients', clients(['a', 'b'], client))
    expect(asked.map(({ operation }) => operation)).toEqual([
      'ListUserPoolClients',
      'DescribeUserPoolClient',
      'DescribeUserPoolClient',
    ])
    expect(asked[0]?.input).toMatchObject({ MaxResults: 10 })
    expect(rowsOf(mapped)).toEqual([
      { client_id: 'a', has_secret: false },
      { client_id: 'b', has_secret: false },
    ])
    expect(token).toBe('more')
  })

  test('have no secret any more when they leave the page, only whether they had one', async () => {
    const secret = { ClientSecret: 'canary', ClientName: 'n\0' }
    const { records, mapped } = await firstPage(
      'user_pool_clients',
      clients(['a'], (id) => client(id, secret)),
    )
    expect(JSON.stringify([records, mapped])).not.toContain('canary')
    expect(mapped).toEqual([
      {
        row: { client_id: 'a', has_secret: true, name: 'n\uFFFD', raw_values: { ClientName: { json: '"n\\u0000"' } } },
        warnings: 1,
      },
    ])
  })

  test('that cannot be keyed are kept aside, without their secret', async () => {
    const long = 'c'.repeat(2_049)
    const answer = clients(['a', long, ''], (id) => client(id === 'a' ? 'a\0' : id, { ClientSecret: 'canary' }))
    const { mapped } = await firstPage('user_pool_clients', answer)
    expect(mapped).toEqual([
      { reject: 'the client has a client_id that cannot be stored', record: expect.not.stringContaining('canary') },
      { reject: 'the client has a client_id that cannot be stored', record: expect.not.stringContaining('canary') },
      { reject: 'the client has no client_id', record: expect.not.stringContaining('canary') },
    ])
  })

  test('that were deleted since they were listed are passed over', async () => {
    const gone = { error: 'ResourceNotFoundException', message: 'User pool client b does not exist.' }
    const answer = clients(['a', 'b', 'c'], (id) => (id === 'b' ? gone : client(id)))
    const { mapped } = await firstPage('user_pool_clients', answer)
    expect(rowsOf(mapped).map(({ client_id }) => client_id)).toEqual(['a', 'c'])
  })

  test('of a pool that was deleted meanwhile are no empty table', async () => {
    const gone = { error: 'ResourceNotFoundException', message: 'User pool us-east-1_Scripted1 does not exist.' }
    await expect(
      firstPage(
        'user_pool_clients',
        clients(['a'], () => gone),
      ),
    ).rejects.toMatchObject({
      code: 'pool-not-found',
    })
  })
})

test('identity providers lose their secrets on the page', async () => {
  const details = { client_id: 'c', client_secret: 'canary', private_key: 'canary', token_url: 'https://t' }
  const { records, mapped } = await firstPage('identity_providers', ({ operation, input: { ProviderName } }) =>
    operation === 'ListIdentityProviders'
      ? { Providers: [{ ProviderName: 'Google' }, { ProviderName: 'gone' }] }
      : ProviderName === 'Google'
        ? { IdentityProvider: { ProviderName, ProviderDetails: details } }
        : { error: 'ResourceNotFoundException', message: 'Identity provider gone does not exist.' },
  )
  expect(JSON.stringify(records)).not.toContain('canary')
  expect(rowsOf(mapped)).toEqual([{ name: 'Google', provider_details: { client_id: 'c', token_url: 'https://t' } }])
})

test('resource servers are asked for by no more than the 50 that Cognito gives at once', async () => {
  const Scopes = [{ ScopeName: 'read', ScopeDescription: 'd' }]
  const { asked, mapped } = await firstPage('resource_servers', () => ({
    ResourceServers: [{ Identifier: 'https://api', Name: 'API', Scopes }],
  }))
  expect(asked[0]?.input).toMatchObject({ MaxResults: 50 })
  expect(rowsOf(mapped)).toEqual([{ identifier: 'https://api', name: 'API', scopes: Scopes }])
})

test('import jobs lose their pre-signed URL on the page', async () => {
  const { records, mapped, token } = await firstPage('user_import_jobs', () => ({
    UserImportJobs: [{ JobId: 'j', PreSignedUrl: 'https://canary', ImportedUsers: 2 ** 40 }],
    PaginationToken: 'more',
  }))
  expect(JSON.stringify(records)).not.toContain('canary')
  expect(mapped).toEqual([{ row: { job_id: 'j', raw_values: { ImportedUsers: '1099511627776' } }, warnings: 1 }])
  expect(token).toBe('more')
})

test('the pool is one row, made of two requests', async () => {
  const { mapped, token } = await firstPage('user_pool', ({ operation }) =>
    operation === 'DescribeUserPool'
      ? { UserPool: { Id: 'p', MfaConfiguration: 'ON', Policies: { PasswordPolicy: { MinimumLength: 8 } } } }
      : { MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } },
  )
  expect(mapped).toEqual([
    {
      row: {
        id: 'p',
        mfa_configuration: 'ON',
        password_policy: { MinimumLength: 8 },
        software_token_mfa_configuration: { Enabled: true },
      },
      warnings: 0,
    },
  ])
  expect(token).toBeUndefined()
})

test('a column keeps the type that it was first given', async () => {
  const table = sourceTable('user_pool')
  const shape = table.shape(null)
  const asText = { ...shape, columns: shape.columns.map((column) => ({ ...column, type: 'text' as const })) }
  const record = { Id: 'p', CreationDate: new Date(0), EstimatedNumberOfUsers: 3, UserPoolTags: { a: 'b' } }
  expect(table.rowMapper(asText)(record)).toEqual({
    row: { id: 'p', created_at: '1970-01-01T00:00:00.000Z', estimated_users: '3', tags: '{"a":"b"}' },
    warnings: 0,
  })
})
