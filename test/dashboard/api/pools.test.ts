import { beforeAll, describe, expect, test } from 'vitest'
import type { CreateInput } from '../../../src/dataflow/input.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase } from '../../support/database.ts'
import { testRedisUrl } from '../../support/redis.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let sandbox: Sandbox
let admin: Program
let viewer: Program
let limited: Program

beforeAll(async () => {
  sandbox = await startSandbox({ users: 20, groups: 2, quota: 1_000 })
  const { db, url: databaseUrl } = await createTestDatabase()
  const dashboard = await openDashboard({
    ...{ databaseUrl, redisUrl: await testRedisUrl(), keys: freshKeys() },
    cognitoEndpoint: sandbox.endpoint,
  })
  admin = await programOf(dashboard.url, db)
  viewer = await programOf(dashboard.url, db, { role: 'viewer' })
  limited = await programOf(dashboard.url, db, { dataflows: [999] })
  const { credentials } = sandbox
  const secretAccessKey = `${credentials.secretAccessKey.slice(0, -1)}x`
  await create('CustomerPool', { kind: 'access-key', ...credentials })
  await create('Mistyped', { kind: 'access-key', ...credentials, secretAccessKey })
  await create('Assuming', { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/poolkeeper' })
  return async () => {
    await dashboard.close()
    await sandbox.stop()
  }
})

async function create(name: string, credentials: CreateInput['credentials']): Promise<void> {
  const { status } = await admin('POST', '/dataflows', { name, poolId: sandbox.poolId, credentials })
  expect(status).toBe(201)
}

describe('the connection test', () => {
  test('tells permission by permission whether Cognito lets a dataflow in', async () => {
    const { status, body } = await admin('POST', '/dataflows/CustomerPool/connect')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      pool: { poolId: sandbox.poolId, estimatedUsers: 20 },
      clockAheadMs: expect.any(Number),
    })
    expect(body.checks).toContainEqual({ action: 'cognito-idp:ListUsers', table: 'users', ok: true })
  })

  test('says what is amiss, and what to do', async () => {
    const { status, body } = await admin('POST', '/dataflows/Mistyped/connect')
    expect(status).toBe(200)
    expect(body).toEqual({
      checks: [
        {
          ...{ action: 'cognito-idp:DescribeUserPool', table: null, ok: false, code: 'wrong-secret' },
          description: expect.stringContaining('secret'),
        },
      ],
      clockAheadMs: expect.any(Number),
    })
  })
})

test('a preview tells what a run would take, and shows rows without anything personal', async () => {
  const { status, body } = await admin('POST', '/dataflows/CustomerPool/preview')
  expect(status).toBe(200)
  expect(body.tables[0]).toMatchObject({ table: 'users', rows: 20, counted: 'about', requests: 1, refused: [] })
  expect(body.quotas.map(({ category }: { category: string }) => category)).toContain('UserList')
  expect(body.tables[0].sample).toHaveLength(10)
  for (const { email } of body.tables[0].sample) expect(email ?? '*').toContain('*')
})

test('the policy is the least that it needs, with the trust policy of a role that it assumes', async () => {
  const { body } = await viewer('GET', '/dataflows/CustomerPool/policy')
  expect(body).toMatchObject({ policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] }, trust: null })
  const assuming = await viewer('GET', '/dataflows/Assuming/policy')
  expect(assuming.body.trust.Statement[0].Condition.StringEquals['sts:ExternalId']).toMatch(/^[0-9a-f-]{36}$/)
})

test.each(['connect', 'preview'])('%s is not for viewers, nor for whoever works with others', async (verb) => {
  expect((await viewer('POST', `/dataflows/CustomerPool/${verb}`)).status).toBe(403)
  expect((await limited('POST', `/dataflows/CustomerPool/${verb}`)).status).toBe(404)
})

test('a policy is not for whoever works with others', async () => {
  expect((await limited('GET', '/dataflows/CustomerPool/policy')).status).toBe(404)
})
