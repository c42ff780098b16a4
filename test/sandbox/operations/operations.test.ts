import {
  AdminGetUserCommand,
  AdminListDevicesCommand,
  AdminListGroupsForUserCommand,
  AdminListUserAuthEventsCommand,
  type CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListGroupsCommand,
  ListIdentityProvidersCommand,
  ListResourceServersCommand,
  ListTagsForResourceCommand,
  ListUserImportJobsCommand,
  ListUserPoolClientsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, sandboxFor } from '../support.ts'

type Read = (client: CognitoIdentityProviderClient, sandbox: Sandbox) => Promise<unknown>

const somebody = ({ pool }: Sandbox) => ({ UserPoolId: pool.id, Username: [...pool.users()][0]?.Username })

/** Every operation that reads a pool. */
const READS: readonly (readonly [operation: string, read: Read])[] = [
  ['DescribeUserPool', (to, { poolId }) => to.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))],
  ['GetUserPoolMfaConfig', (to, { poolId }) => to.send(new GetUserPoolMfaConfigCommand({ UserPoolId: poolId }))],
  ['ListTagsForResource', (to, { pool }) => to.send(new ListTagsForResourceCommand({ ResourceArn: pool.arn }))],
  ['ListUsers', (to, { poolId }) => to.send(new ListUsersCommand({ UserPoolId: poolId }))],
  [
    'ListUsersInGroup',
    (to, { poolId }) => to.send(new ListUsersInGroupCommand({ UserPoolId: poolId, GroupName: 'admins' })),
  ],
  ['ListGroups', (to, { poolId }) => to.send(new ListGroupsCommand({ UserPoolId: poolId }))],
  ['ListIdentityProviders', (to, { poolId }) => to.send(new ListIdentityProvidersCommand({ UserPoolId: poolId }))],
  [
    'DescribeIdentityProvider',
    (to, { poolId }) =>
      to.send(new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName: 'SignInWithApple' })),
  ],
  ['ListResourceServers', (to, { poolId }) => to.send(new ListResourceServersCommand({ UserPoolId: poolId }))],
  [
    'ListUserImportJobs',
    (to, { poolId }) => to.send(new ListUserImportJobsCommand({ UserPoolId: poolId, MaxResults: 60 })),
  ],
  ['ListUserPoolClients', (to, { poolId }) => to.send(new ListUserPoolClientsCommand({ UserPoolId: poolId }))],
  [
    'DescribeUserPoolClient',
    (to, { pool }) =>
      to.send(new DescribeUserPoolClientCommand({ UserPoolId: pool.id, ClientId: pool.clients()[0]?.ClientId })),
  ],
  ['AdminGetUser', (to, sandbox) => to.send(new AdminGetUserCommand(somebody(sandbox)))],
  ['AdminListDevices', (to, sandbox) => to.send(new AdminListDevicesCommand(somebody(sandbox)))],
  ['AdminListGroupsForUser', (to, sandbox) => to.send(new AdminListGroupsForUserCommand(somebody(sandbox)))],
  ['AdminListUserAuthEvents', (to, sandbox) => to.send(new AdminListUserAuthEventsCommand(somebody(sandbox)))],
]

describe.each(READS)('%s', (operation, read) => {
  it('is answered, and counted under its name', async () => {
    const sandbox = await sandboxFor()
    expect(await read(clientOf(sandbox), sandbox)).toMatchObject({ $metadata: { httpStatusCode: 200 } })
    expect(sandbox.requests.operations).toEqual({ [operation]: 1 })
  })

  it('is struck by faults of its operation and its pool, and by no others', async () => {
    const sandbox = await sandboxFor()
    const other = sandbox.addPool({ users: 1 })
    sandbox.faults.add({ kind: 'error500', poolId: other.id })
    sandbox.faults.add({ kind: 'error500', operation: 'ListUserPools' })
    const client = clientOf(sandbox)
    for (const [kind, name] of [
      ['throttle', 'TooManyRequestsException'],
      ['error500', 'InternalErrorException'],
      ['poolDeleted', 'ResourceNotFoundException'],
    ] as const) {
      sandbox.faults.add({ kind, operation, poolId: sandbox.poolId, count: 1 })
      await expect(read(client, sandbox)).rejects.toMatchObject({ name })
    }
    await expect(read(client, sandbox)).resolves.toBeDefined()
  })

  it('is refused to those who lack its permission, naming action and pool', async () => {
    const sandbox = await sandboxFor()
    const client = clientOf(sandbox, { credentials: sandbox.addPrincipal({ denied: [`cognito-idp:${operation}`] }) })
    await expect(read(client, sandbox)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`perform: cognito-idp:${operation} on resource: ${sandbox.pool.arn} because`),
    })
  })
})
