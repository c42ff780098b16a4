import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  type CustomTypes,
  expectedGroup,
  expectedMembers,
  expectedUser,
  expectSameTables,
  type PublishedTables,
  readPublished,
  sortByKey,
} from '../support/expected.ts'
import { createLineAt } from '../support/line.ts'
import { startProcess } from '../support/processes.ts'

/** An endpoint that nobody here wrote: what it answers is what the published views have to show. */
test('a pool of cognito-local is imported attribute by attribute, and again after it has changed', async () => {
  const endpoint = await startCognitoLocal()
  // the SDK writes into what it is given
  const client = new CognitoIdentityProviderClient({ endpoint, region: 'local', credentials: { ...CREDENTIALS } })
  onTestFinished(() => client.destroy())
  const poolId = await createPool(client)
  const line = await createLineAt(endpoint, { poolId, credentials: CREDENTIALS })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Local' })

  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  const first = await listed(client, poolId)
  expect(first.users).toHaveLength(PEOPLE.length)
  expect(first.group_members).toHaveLength(4)
  expectSameTables(await readPublished(line.databaseUrl, 'local'), first)

  const [gone, renamed, disabled] = PEOPLE
  await client.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: gone?.username }))
  await client.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username: disabled?.username }))
  const UserAttributes = [{ Name: 'name', Value: 'Renamed' }]
  await client.send(
    new AdminUpdateUserAttributesCommand({ UserPoolId: poolId, Username: renamed?.username, UserAttributes }),
  )
  const run = await line.run(dataflow)
  const users = { table: 'users', rows: PEOPLE.length - 1, added: 0, removed: 1, changed: 2 }
  expect(run).toMatchObject({ state: 'succeeded', tables: expect.arrayContaining([users]) })
  expectSameTables(await readPublished(line.databaseUrl, 'local'), await listed(client, poolId))
})

const CREDENTIALS = { accessKeyId: 'AKIALOCALLOCALLOCAL1', secretAccessKey: 'local' }

const CUSTOM: CustomTypes = {
  'custom:plan': 'text',
  'custom:visits': 'numeric',
  'custom:joined_at': 'date',
  'custom:newsletter': 'boolean',
}

const PEOPLE: readonly { readonly username: string; readonly attributes: Readonly<Record<string, string>> }[] = [
  { username: 'gone', attributes: { email: 'gone@example.com', name: 'Gone' } },
  {
    username: 'ada',
    attributes: { email: 'ada@example.com', email_verified: 'true', name: 'Ada', 'custom:plan': 'team' },
  },
  {
    username: 'zoe',
    attributes: {
      phone_number: '+4930123456',
      phone_number_verified: 'false',
      name: 'Zo\u00eb \u{1F469}\u200D\u{1F680}',
    },
  },
  {
    username: 'quoted',
    attributes: { name: `O'Brien, "Q" \\ {}`, address: 'Line 1\nLine 2', 'custom:visits': '-12.50' },
  },
  {
    username: 'dated',
    attributes: { 'custom:joined_at': '2024-02-29T23:59:59.123Z', updated_at: '1700000000', birthdate: '1970-01-01' },
  },
  { username: 'bare', attributes: { 'custom:newsletter': 'true' } },
]

/** @returns its address */
async function startCognitoLocal(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-local-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const start = createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js')
  const server = startProcess([start], { PORT: '0', HOST: '127.0.0.1' }, folder)
  return vi.waitFor(
    () => {
      const [, address] = /running on (http:\/\/[\d.:]+)/.exec(server.output()) ?? []
      expect(address, server.output()).toBeDefined()
      return address ?? ''
    },
    { timeout: 20_000 },
  )
}

async function createPool(client: CognitoIdentityProviderClient): Promise<string> {
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName: 'people',
      // anything but its default, under which every username has to be an address
      UsernameAttributes: ['phone_number'],
      Schema: [
        { Name: 'plan', AttributeDataType: 'String' },
        { Name: 'visits', AttributeDataType: 'Number' },
        { Name: 'joined_at', AttributeDataType: 'DateTime' },
        { Name: 'newsletter', AttributeDataType: 'Boolean' },
      ],
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  for (const { username: Username, attributes } of PEOPLE) {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' }))
  }
  await client.send(
    new CreateGroupCommand({ UserPoolId, GroupName: 'admins', Description: 'May "all"', Precedence: 1 }),
  )
  await client.send(new CreateGroupCommand({ UserPoolId, GroupName: 'Caf\u00e9 / \u6771\u4eac' }))
  await client.send(new CreateGroupCommand({ UserPoolId, GroupName: 'empty', RoleArn: 'arn:aws:iam::1:role/x' }))
  for (const [GroupName, Username] of [
    ['admins', 'ada'],
    ['admins', 'gone'],
    ['admins', 'zoe'],
    ['Caf\u00e9 / \u6771\u4eac', 'ada'],
  ]) {
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username }))
  }
  return UserPoolId
}

/** What it answers now, decoded by the test. It answers everything in one page. */
async function listed(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<PublishedTables> {
  const { Users = [] } = await client.send(new ListUsersCommand({ UserPoolId }))
  const { Groups = [] } = await client.send(new ListGroupsCommand({ UserPoolId }))
  const members = await Promise.all(
    Groups.map(async ({ GroupName = '' }) => {
      const inGroup = await client.send(new ListUsersInGroupCommand({ UserPoolId, GroupName }))
      return [GroupName, inGroup.Users ?? []] as const
    }),
  )
  return {
    users: sortByKey(
      Users.map((user) => expectedUser(user, CUSTOM)),
      ['sub'],
    ),
    groups: sortByKey(Groups.map(expectedGroup), ['name']),
    group_members: expectedMembers(members),
  }
}
