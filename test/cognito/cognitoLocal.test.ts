import {
  AddCustomAttributesCommand,
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CreateGroupCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceTable } from '../../src/cognito/catalogue.ts'
import { openPool, type PoolClient } from '../../src/cognito/client.ts'
import { checkConnection } from '../../src/cognito/connect.ts'
import { describePool } from '../../src/cognito/describe.ts'
import { BEGINNING, readPages } from '../../src/cognito/pages.ts'
import { userStreams } from '../../src/cognito/shards.ts'
import type { StreamSource } from '../../src/db/schema/tasks.ts'
import { type CognitoLocal, startCognitoLocal } from '../support/cognitoLocal.ts'

const EMAILS = ['ann', 'ben', 'cid', 'dan', 'eve'].map((name) => `${name}@example.com`)

let local: CognitoLocal
let pool: PoolClient

beforeAll(async () => {
  local = await startCognitoLocal()
  const { UserPool } = await local.client.send(new CreateUserPoolCommand({ PoolName: 'local' }))
  const UserPoolId = UserPool?.Id ?? ''
  const CustomAttributes = [{ Name: 'age', AttributeDataType: 'Number' as const, Mutable: true }]
  await local.client.send(new AddCustomAttributesCommand({ UserPoolId, CustomAttributes }))
  for (const Username of EMAILS) {
    const UserAttributes = [
      { Name: 'email', Value: Username },
      { Name: 'custom:age', Value: '42' },
    ]
    await local.client.send(
      new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, DesiredDeliveryMediums: ['EMAIL'] }),
    )
  }
  await local.client.send(new CreateGroupCommand({ UserPoolId, GroupName: 'staff', Precedence: 1 }))
  await local.client.send(
    new AdminAddUserToGroupCommand({ UserPoolId, GroupName: 'staff', Username: 'eve@example.com' }),
  )
  const { endpoint, credentials } = local
  pool = openPool({
    poolId: UserPoolId,
    region: 'local',
    endpoint,
    credentials: { kind: 'access-key', ...credentials },
  })
})

afterAll(() => local.stop())

async function rows(stream: StreamSource) {
  const { attributes } = await describePool(pool)
  const table = sourceTable(stream.source)
  const toRow = table.rowMapper(table.shape(attributes))
  const found: unknown[] = []
  for await (const page of readPages(pool, stream, BEGINNING)) found.push(...page.records.map(toRow))
  return found
}

const expected = EMAILS.map((email) => ({
  warnings: 0,
  row: {
    sub: expect.any(String),
    username: expect.any(String),
    status: 'FORCE_CHANGE_PASSWORD',
    enabled: true,
    created_at: expect.stringMatching(/^20.*Z$/),
    last_modified_at: expect.stringMatching(/^20.*Z$/),
    email,
    custom_age: '42',
  },
}))

test('its users become rows, by one stream and by sixteen shards', async () => {
  expect(await rows({ source: 'users', prefix: null })).toEqual(expected)
  const shards = (await Promise.all(userStreams(10_000).map(rows))).flat()
  expect(shards).toHaveLength(EMAILS.length)
  expect(shards).toEqual(expect.arrayContaining(expected))
})

test('its groups and members become rows', async () => {
  expect(await rows({ source: 'groups' })).toMatchObject([{ row: { name: 'staff', precedence: 1 }, warnings: 0 }])
  expect(await rows({ source: 'group_members', group: 'staff' })).toMatchObject([
    { row: { group_name: 'staff', sub: expect.any(String) }, warnings: 0 },
  ])
  expect(await rows({ source: 'group_members', group: 'gone' })).toEqual([])
})

test('the connection test passes on it', async () => {
  const { checks } = await checkConnection(pool, ['users', 'groups', 'group_members'])
  expect(checks.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
})
