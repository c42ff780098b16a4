import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { quotaKey } from '../../src/cognito/governor.ts'
import { QuotaLine } from '../../src/cognito/quotaLine.ts'
import { loadConfig } from '../../src/config.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import type { Database } from '../../src/db/database.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { commandHere } from '../support/commandHere.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Finished, runCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'

const POOLKEEPER_KEY = randomBytes(32).toString('base64')
const { keys } = loadConfig({ POOLKEEPER_KEY })

let db: Database
let sandbox: Sandbox
let env: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({ users: 20, groups: 2 })
  return () => sandbox.stop()
})

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: await testRedisUrl(),
    POOLKEEPER_KEY,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: sandbox.endpoint,
    AWS_ENDPOINT_URL_STS: sandbox.endpoint,
  }
})

const create = (credentials: Parameters<typeof createDataflow>[2]['credentials']) =>
  createDataflow(db, keys, { name: 'CustomerPool', poolId: sandbox.poolId, credentials })

const connect = (more: Record<string, string> = {}): Promise<Finished> =>
  commandHere(['connect', 'CustomerPool', '--json'], { ...env, ...more })

describe('poolkeeper connect', () => {
  test('shows each permission that is there', async () => {
    await create({ kind: 'access-key', ...sandbox.credentials })
    const { code, stdout } = await connect()
    expect(code).toBe(0)
    const { pool, checks } = JSON.parse(stdout)
    expect(pool.estimatedUsers).toBe(20)
    expect(checks.map(({ action, ok }: { action: string; ok: boolean }) => [action, ok])).toEqual([
      ['cognito-idp:DescribeUserPool', true],
      ['cognito-idp:ListUsers', true],
      ['cognito-idp:ListGroups', true],
      ['cognito-idp:ListUsersInGroup', true],
      ['cognito-idp:AdminListGroupsForUser', true],
    ])
  })

  test('stands in line with the runs: what it asks counts as use of the quota', async () => {
    await create({ kind: 'access-key', ...sandbox.credentials })
    await connect()
    const redis = new Redis(env.REDIS_URL ?? '')
    onTestFinished(() => redis.disconnect())
    const { region } = sandbox
    const key = quotaKey({ account: '123456789012', region, category: 'UserList' })
    expect(await new QuotaLine(redis).look({ key, allowed: 27 })).toMatchObject({ granted: 2 })
  })

  test('fails with what to do when the secret is wrong, and shows none', async () => {
    await create({ kind: 'access-key', ...sandbox.credentials, secretAccessKey: 'not-the-secret' })
    const { code, stdout, stderr } = await connect()
    expect(code).toBe(1)
    expect(JSON.parse(stdout).checks).toMatchObject([{ ok: false, code: 'wrong-secret' }])
    expect(stderr).toMatch(/^poolkeeper: The secret does not belong to the access key.*\n$/)
    expect(stdout + stderr).not.toContain('not-the-secret')
  })

  test('opens a role by the external id that the dataflow was given', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/customer-reader'
    const { credentials } = await create({ kind: 'role', roleArn })
    const externalId = credentials.kind === 'role' ? credentials.externalId : ''
    expect(sandbox.addRole({ name: 'customer-reader', externalId })).toBe(roleArn)
    const own = sandbox.credentials
    const environment = { AWS_ACCESS_KEY_ID: own.accessKeyId, AWS_SECRET_ACCESS_KEY: own.secretAccessKey }
    // what opens a role, the SDK takes from the environment itself
    const { code } = await runCommand(['connect', 'CustomerPool'], { ...env, ...environment })
    expect(code).toBe(0)
  })
})

describe('poolkeeper preview', () => {
  test('tells what a run would read and take, as JSON on stdout', async () => {
    await create({ kind: 'access-key', ...sandbox.credentials })
    const { code, stdout, stderr } = await commandHere(['preview', 'CustomerPool', '--json'], env)
    expect([code, stderr]).toEqual([0, ''])
    const { pool, tables, quotas, seconds } = JSON.parse(stdout)
    expect(pool.poolId).toBe(sandbox.poolId)
    expect(tables.map(({ table, rows }: { table: string; rows: number }) => [table, rows])).toEqual([
      ['users', 20],
      ['groups', 2],
      ['group_members', null],
    ])
    expect(quotas).toContainEqual(expect.objectContaining({ category: 'UserList', allowed: 30, taken: 27 }))
    expect(seconds).toBeGreaterThan(0)
  })

  test('fails when something may not be read, and still shows the rest', async () => {
    const denied = sandbox.addPrincipal({ denied: ['cognito-idp:ListGroups'] })
    await create({ kind: 'access-key', ...denied })
    const { code, stdout, stderr } = await commandHere(['preview', 'CustomerPool'], env)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^users +about 20 /m)
    expect(stderr).toMatch(/^groups +may not be read /m)
    expect(stderr).toMatch(/^poolkeeper: The credentials .*lack the permission cognito-idp:ListGroups.*\n$/m)
  })
})
