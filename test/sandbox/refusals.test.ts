import {
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../src/sandbox/principals.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { clientOf, sandboxFor } from './support.ts'

const describePool = (UserPoolId: string) => new DescribeUserPoolCommand({ UserPoolId })

describe('who asks', () => {
  it('answers an unknown access key, a wrong secret and an ended session each by its own error', async () => {
    const sandbox = await sandboxFor()
    const { accessKeyId, secretAccessKey } = sandbox.credentials
    const nameFor = (credentials: Credentials) =>
      clientOf(sandbox, { credentials })
        .send(describePool(sandbox.poolId))
        .then(
          () => 'welcome',
          (error: Error) => error.name,
        )
    expect(await nameFor(sandbox.credentials)).toBe('welcome')
    expect(await nameFor({ accessKeyId: 'AKIANOBODYKNOWSTHIS0', secretAccessKey })).toBe('UnrecognizedClientException')
    expect(await nameFor({ accessKeyId, secretAccessKey: 'not the secret' })).toBe('InvalidSignatureException')
    expect(await nameFor(sandbox.addPrincipal({ expired: true }))).toBe('ExpiredTokenException')
    expect(await nameFor({ ...sandbox.credentials, sessionToken: 'made up' })).toBe('UnrecognizedClientException')
  })

  it('refuses a request that was changed after it was signed', async () => {
    const sandbox = await sandboxFor()
    const client = clientOf(sandbox)
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args as { request: { body: Uint8Array } }
        request.body = Buffer.from(Buffer.from(request.body).toString().replace('60', '50'))
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    const list = client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 60 }))
    await expect(list).rejects.toMatchObject({ name: 'InvalidSignatureException', $metadata: { httpStatusCode: 400 } })
  })

  it('names the action that is not allowed, in the words of AWS, and allows the others', async () => {
    const sandbox = await sandboxFor()
    const credentials = sandbox.addPrincipal({ name: 'ops', denied: ['cognito-idp:ListGroups'] })
    const client = clientOf(sandbox, { credentials })
    const arn = `arn:aws:cognito-idp:us-east-1:123456789012:userpool/${sandbox.poolId}`
    await expect(client.send(new ListGroupsCommand({ UserPoolId: sandbox.poolId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::123456789012:user/ops is not authorized to perform: cognito-idp:ListGroups on resource: ${arn} because no identity-based policy allows the cognito-idp:ListGroups action`,
    })
    expect(await client.send(describePool(sandbox.poolId))).toBeDefined()
  })
})

describe('a role', () => {
  const assume = (sandbox: Sandbox, RoleArn: string, ExternalId?: string, masterCredentials = sandbox.credentials) =>
    clientOf(sandbox, {
      credentials: fromTemporaryCredentials({
        masterCredentials,
        clientConfig: { endpoint: sandbox.endpoint, region: sandbox.region },
        params: { RoleArn, RoleSessionName: 'nightly', ...(ExternalId && { ExternalId }) },
      }),
    })

  it('is assumed by those who name its external id, and signs as a session', async () => {
    const sandbox = await sandboxFor()
    const answer = await assume(sandbox, sandbox.roleArn, sandbox.externalId).send(describePool(sandbox.poolId))
    expect(answer.UserPool?.Id).toBe(sandbox.poolId)
    expect(sandbox.requests.operations).toEqual({ AssumeRole: 1, DescribeUserPool: 1 })
  })

  it.each([
    ['another external id', (sandbox: Sandbox) => assume(sandbox, sandbox.roleArn, 'guessed'), 'AccessDenied'],
    ['none', (sandbox: Sandbox) => assume(sandbox, sandbox.roleArn), 'AccessDenied'],
    ['a role that is not there', (sandbox: Sandbox) => assume(sandbox, `${sandbox.roleArn}x`, 'y'), 'AccessDenied'],
    [
      'a wrong secret',
      (sandbox: Sandbox) =>
        assume(sandbox, sandbox.roleArn, sandbox.externalId, { ...sandbox.credentials, secretAccessKey: 'wrong' }),
      'SignatureDoesNotMatch',
    ],
    [
      'an unknown key',
      (sandbox: Sandbox) =>
        assume(sandbox, sandbox.roleArn, sandbox.externalId, { ...sandbox.credentials, accessKeyId: 'AKIAUNKNOWN' }),
      'InvalidClientTokenId',
    ],
  ])('is refused for %s', async (_case, client, name) => {
    const sandbox = await sandboxFor()
    await expect(client(sandbox).send(describePool(sandbox.poolId))).rejects.toMatchObject({ name })
  })

  it('speaks of itself when it lacks a permission', async () => {
    const sandbox = await sandboxFor()
    const role = sandbox.addRole({ name: 'reader', denied: ['cognito-idp:DescribeUserPool'] })
    await expect(assume(sandbox, role, 'any will do').send(describePool(sandbox.poolId))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('User: arn:aws:sts::123456789012:assumed-role/reader/nightly is not authorized'),
    })
  })
})

describe('what is asked', () => {
  it('knows no pool of another name, Region or account', async () => {
    const sandbox = await sandboxFor()
    const elsewhere = sandbox.addPool({ users: 1, region: 'eu-north-1' })
    const foreign = sandbox.addPool({ users: 1, accountId: '999999999999' })
    for (const id of ['us-east-1_Nothing00', elsewhere.id, foreign.id]) {
      await expect(clientOf(sandbox).send(describePool(id))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `User pool ${id} does not exist.`,
        $metadata: { httpStatusCode: 400 },
      })
    }
    const there = await clientOf(sandbox, { region: 'eu-north-1' }).send(describePool(elsewhere.id))
    expect(there.UserPool?.Arn).toBe(`arn:aws:cognito-idp:eu-north-1:123456789012:userpool/${elsewhere.id}`)
  })

  it('knows no group of another name', async () => {
    const sandbox = await sandboxFor()
    const list = clientOf(sandbox).send(new ListUsersInGroupCommand({ UserPoolId: sandbox.poolId, GroupName: 'nope' }))
    await expect(list).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it.each([
    [
      'a Limit above 60',
      (UserPoolId: string) => new ListUsersCommand({ UserPoolId, Limit: 61 }),
      "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
    [
      'a Limit below 0',
      (UserPoolId: string) => new ListUsersCommand({ UserPoolId, Limit: -1 }),
      "1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      'MaxResults 0',
      () => new ListUserPoolsCommand({ MaxResults: 0 }),
      "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a pool id that is none',
      () => new ListUsersCommand({ UserPoolId: 'pool' }),
      "1 validation error detected: Value 'pool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
    ],
    [
      'a filter on a custom attribute',
      (UserPoolId: string) => new ListUsersCommand({ UserPoolId, Filter: 'custom:plan = "free"' }),
      'Invalid search attribute: custom:plan',
    ],
    [
      'a filter out of grammar',
      (UserPoolId: string) => new ListUsersCommand({ UserPoolId, Filter: 'sub ~ "a"' }),
      'Error while parsing filter.',
    ],
  ])('refuses %s as an invalid parameter', async (_case, command, message) => {
    const sandbox = await sandboxFor()
    const client = clientOf(sandbox)
    const request = command(sandbox.poolId)
    const sent = request instanceof ListUserPoolsCommand ? client.send(request) : client.send(request)
    await expect(sent).rejects.toMatchObject({ name: 'InvalidParameterException', message })
  })
})

describe('a page token', () => {
  it('is good for its own request only', async () => {
    const sandbox = await sandboxFor()
    const client = clientOf(sandbox)
    const UserPoolId = sandbox.poolId
    const { PaginationToken } = await client.send(new ListUsersCommand({ UserPoolId, Limit: 10, Filter: 'sub ^= "a"' }))
    const others = [
      { UserPoolId, Limit: 10, Filter: 'sub ^= "b"' },
      { UserPoolId, Limit: 11, Filter: 'sub ^= "a"' },
      { UserPoolId, Limit: 10 },
    ]
    for (const other of others) {
      await expect(client.send(new ListUsersCommand({ ...other, PaginationToken }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringMatching(/^Paging marker .+ is invalid for request [0-9a-f-]{36}$/),
      })
    }
    const made = client.send(new ListUsersCommand({ UserPoolId, PaginationToken: 'bWFkZSB1cA==' }))
    await expect(made).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('expires', async () => {
    const sandbox = await sandboxFor({ tokenLifetimeMs: 0 })
    const client = clientOf(sandbox)
    const { PaginationToken } = await client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 10 }))
    const next = client.send(new ListUsersCommand({ UserPoolId: sandbox.poolId, Limit: 10, PaginationToken }))
    await expect(next).rejects.toMatchObject({ name: 'InvalidParameterException', message: /expired/ })
  })
})
