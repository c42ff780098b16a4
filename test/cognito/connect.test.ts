import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { SOURCES } from '../../src/cognito/catalogue.ts'
import { openPool, type PoolOptions } from '../../src/cognito/client.ts'
import { checkConnection, faultsAmong } from '../../src/cognito/connect.ts'
import type { PoolCredentials } from '../../src/cognito/credentials.ts'
import { iamPolicy } from '../../src/cognito/policy.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'

const ALL = ['users', 'groups', 'group_members']

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ users: 30, groups: 2, quota: 1_000 })
  return () => sandbox.stop()
})

afterEach(() => {
  vi.unstubAllEnvs()
})

async function connect(options: Partial<PoolOptions> = {}, sources: readonly string[] = ALL) {
  const pool = openPool({
    poolId: sandbox.poolId,
    region: sandbox.region,
    credentials: { kind: 'access-key', ...sandbox.credentials },
    endpoint: sandbox.endpoint,
    attempts: 2,
    ...options,
  })
  const report = await checkConnection(pool, sources)
  pool.close()
  return report
}

/** What was found of each action: ok, or the cause. */
const found = ({ checks }: Awaited<ReturnType<typeof connect>>) =>
  Object.fromEntries(checks.map(({ action, ok, code }) => [action.replace('cognito-idp:', ''), outcome(ok, code)]))

const outcome = (ok: boolean | null, code?: string) => (ok === null ? 'not tried' : ok ? 'ok' : code)

const keys = (more: Partial<PoolCredentials & { kind: 'access-key' }> = {}): PoolCredentials => ({
  kind: 'access-key',
  ...sandbox.credentials,
  ...more,
})

describe('the connection test', () => {
  test('describes the pool and tries each operation that the tables need, once', async () => {
    const before = sandbox.requests.total
    const report = await connect()
    expect(report.pool).toMatchObject({
      poolId: sandbox.poolId,
      accountId: sandbox.accountId,
      estimatedUsers: 30,
      attributes: expect.arrayContaining([{ name: 'email', type: 'String' }]),
    })
    expect(report.checks).toEqual([
      { action: 'cognito-idp:DescribeUserPool', table: null, ok: true },
      { action: 'cognito-idp:ListUsers', table: 'users', ok: true },
      { action: 'cognito-idp:ListGroups', table: 'groups', ok: true },
      { action: 'cognito-idp:ListUsersInGroup', table: 'group_members', ok: true },
      { action: 'cognito-idp:AdminListGroupsForUser', table: 'group_members', ok: true },
    ])
    expect(sandbox.requests.total - before).toBe(5)
  })

  test('asks for no more than the tables need', async () => {
    expect(found(await connect({}, ['users']))).toEqual({ DescribeUserPool: 'ok', ListUsers: 'ok' })
  })

  test('takes "no such group" for the permission, in a pool that has none', async () => {
    const empty = sandbox.addPool({ seed: 77, users: 0, groups: 0 })
    expect(found(await connect({ poolId: empty.id }))).toMatchObject({ ListUsersInGroup: 'ok' })
  })

  test('has a try for every table there is, and asks for no client or provider that exists', async () => {
    const report = await connect({}, SOURCES)
    expect(report.checks.length).toBeGreaterThan(10)
    expect(faultsAmong(report.checks)).toEqual([])
    const denied = ['cognito-idp:DescribeUserPoolClient', 'cognito-idp:DescribeIdentityProvider']
    const limited = await connect({ credentials: keys(sandbox.addPrincipal({ denied })) }, SOURCES)
    expect(faultsAmong(limited.checks).map(({ action }) => action)).toEqual(denied)
  })

  test('tries out opt-in tables on nobody, and not at all what would be billed', async () => {
    const unprotected = sandbox.addPool({ seed: 78, users: 3, groups: 0, threatProtection: 'OFF' })
    const report = await connect({ poolId: unprotected.id }, ['users', 'user_mfa', 'user_devices', 'user_auth_events'])
    expect(found(report)).toEqual({
      ...{ DescribeUserPool: 'ok', ListUsers: 'ok', AdminListDevices: 'ok', AdminListUserAuthEvents: 'ok' },
      AdminGetUser: 'not tried',
    })
    expect(faultsAmong(report.checks)).toEqual([])
    expect(sandbox.requests.operations.AdminGetUser).toBeUndefined()
  })

  test('names each missing permission and goes on past it', async () => {
    const denied = ['cognito-idp:DescribeUserPool', 'cognito-idp:ListGroups', 'cognito-idp:ListUsersInGroup']
    const report = await connect({ credentials: keys(sandbox.addPrincipal({ denied })) })
    expect(found(report)).toEqual({
      DescribeUserPool: 'permission-missing',
      ListUsers: 'ok',
      ListGroups: 'permission-missing',
      ListUsersInGroup: 'permission-missing',
      AdminListGroupsForUser: 'ok',
    })
    expect(report.pool).toBeUndefined()
    expect(report.checks[2]?.description).toContain('Allow cognito-idp:ListGroups')
    expect(JSON.stringify(report)).not.toContain('arn:')
  })

  test.each<[string, () => Partial<PoolOptions>, string]>([
    ['a wrong pool id', () => ({ poolId: 'us-east-1_Nowhere00' }), 'pool-not-found'],
    ['a wrong Region', () => ({ region: 'eu-north-1' }), 'pool-not-found'],
    ['an unknown key', () => ({ credentials: keys({ accessKeyId: 'AKIAUNKNOWN' }) }), 'unknown-access-key'],
    ['a wrong secret', () => ({ credentials: keys({ secretAccessKey: 'wrong' }) }), 'wrong-secret'],
    ['an expired session', () => ({ credentials: keys(sandbox.addPrincipal({ expired: true })) }), 'session-expired'],
    ['no network', () => ({ endpoint: 'http://127.0.0.1:1' }), 'network'],
  ])('tells %s, and stops there', async (_what, options, code) => {
    const report = await connect(options())
    expect(found(report)).toEqual({ DescribeUserPool: code })
    expect(report.checks[0]?.description).not.toContain(sandbox.credentials.secretAccessKey)
  })
})

describe('a role', () => {
  const useOwnKeys = ({ accessKeyId, secretAccessKey } = sandbox.credentials) => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sandbox.endpoint)
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  }
  const role = (externalId = sandbox.externalId): PoolCredentials => ({
    kind: 'role',
    roleArn: sandbox.roleArn,
    externalId,
  })

  test('is assumed with the external id', async () => {
    useOwnKeys()
    expect(found(await connect({ credentials: role() }, ['users']))).toEqual({
      DescribeUserPool: 'ok',
      ListUsers: 'ok',
    })
  })

  test('that asks for another external id is refused, which is no missing permission', async () => {
    useOwnKeys()
    expect(found(await connect({ credentials: role('another') }))).toEqual({ DescribeUserPool: 'role-refused' })
  })

  test("cannot be assumed with keys of our own that AWS doesn't take", async () => {
    useOwnKeys({ ...sandbox.credentials, secretAccessKey: 'wrong' })
    const report = await connect({ credentials: role() })
    expect(found(report)).toEqual({ DescribeUserPool: 'wrong-secret' })
    expect(report.checks[0]?.description).toContain("this server's own AWS credentials")
  })

  test("the environment's own credentials open a pool without any role", async () => {
    useOwnKeys()
    expect(found(await connect({ credentials: { kind: 'ambient' } }, ['users']))).toMatchObject({ ListUsers: 'ok' })
  })

  test('an environment without credentials says so', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null')
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null')
    expect(found(await connect({ credentials: { kind: 'ambient' } }))).toEqual({ DescribeUserPool: 'no-credentials' })
  })
})

test('the policy allows what the tables need and nothing else', () => {
  expect(iamPolicy(['users', 'group_members'], 'arn:aws:cognito-idp:r:1:userpool/p')).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PoolkeeperReadsThisPool',
        Effect: 'Allow',
        Action: [
          'cognito-idp:DescribeUserPool',
          'cognito-idp:ListUsers',
          'cognito-idp:ListGroups',
          'cognito-idp:ListUsersInGroup',
          'cognito-idp:AdminListGroupsForUser',
        ],
        Resource: 'arn:aws:cognito-idp:r:1:userpool/p',
      },
    ],
  })
})
