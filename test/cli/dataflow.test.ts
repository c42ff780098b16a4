import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { openCredentials } from '../../src/dataflow/credentials.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import type { Finished } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'
import { bothWays, type Way, type Ways } from './ways.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const POOLKEEPER_KEY = randomBytes(32).toString('base64')
const LIMITS = ['--max-removed', '5', '--max-removed-rows', '1000', '--timeout', '90', '--no-progress', '10']
const FRESHNESS = ['--freshness', '1560']
const CREATE = ['create', 'CustomerPool', '--pool-id', 'eu-central-1_AbCdEf123']

let database: TestDatabase
let ways: Ways
let way: Way

describe.each(['here', 'there'] as const)('poolkeeper dataflow, %s', (which) => {
  beforeAll(async () => {
    database = await createTestDatabase()
    const servers = { db: database.db, databaseUrl: database.url, redisUrl: await testRedisUrl() }
    ways = await bothWays({ ...servers, keys: loadConfig({ POOLKEEPER_KEY }).keys })
    way = ways[which]
    return ways.close
  })

  const dataflow = (args: readonly string[], more: Record<string, string> = {}): Promise<Finished> =>
    way(['dataflow', ...args], { POOLKEEPER_KEY, ...more })

  test('creates, edits, lists and removes', async () => {
    const key = ['--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--schedule', '30 2 * * *', '--timezone', 'europe/berlin']
    const created = await dataflow(
      [...CREATE, ...key, '--table', 'users=Customer 360', '--table', 'groups', '--json'],
      {
        AWS_SECRET_ACCESS_KEY: SECRET,
      },
    )
    expect(created.stderr).toBe('')
    expect(JSON.parse(created.stdout)).toMatchObject({
      name: 'CustomerPool',
      region: 'eu-central-1',
      schema: 'customerpool',
      tables: [
        { source: 'users', purpose: 'Customer 360' },
        { source: 'groups', purpose: 'All' },
      ],
      timezone: 'Europe/Berlin',
      credentials: { kind: 'access-key', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      lastRun: null,
    })
    expect(created.stdout).not.toContain(SECRET)
    const { id } = await findDataflow(database.db, 'CustomerPool')
    const keys = loadConfig({ POOLKEEPER_KEY }).keys
    expect(await openCredentials(database.db, keys, id)).toMatchObject({ secretAccessKey: SECRET })

    const edited = await dataflow([
      'edit',
      'customerpool',
      '--no-schedule',
      '--pause',
      'audit',
      ...LIMITS,
      ...FRESHNESS,
    ])
    expect(edited.code).toBe(0)
    expect(edited.stdout).toBe('')
    expect(edited.stderr).toMatch(/^Guard: +holds an import that removes more than 5 % and more than 1,000 rows/m)
    expect(edited.stderr).toMatch(/^Limits: +a run fails after 90 min, or 10 min without progress$/m)
    expect(edited.stderr).toMatch(/^Freshness: +late without a success for 1560 min$/m)
    const [list, json, unasked] = await Promise.all([
      dataflow(['list']),
      dataflow(['list', '--json']),
      dataflow(['remove', 'CustomerPool']),
    ])
    expect(list.stderr).toMatch(/^Name +Tables +Status +Schedule +Next run +Last refresh$/m)
    expect(list.stderr).toMatch(/^CustomerPool +users, groups +new, paused: audit +none +paused +–/m)
    expect(JSON.parse(json.stdout)).toMatchObject([
      {
        name: 'CustomerPool',
        schedule: null,
        nextRunAt: null,
        pauseReason: 'audit',
        maxRemovedPercent: 5,
        freshnessMinutes: 1_560,
      },
    ])
    const stale = await dataflow(['edit', 'customerpool', '--keep', '3', '--if-version', '1'])
    expect(stale.stderr).toMatch(/^poolkeeper: .*changed/)
    expect(stale.code).toBe(4)
    const off = await dataflow(['edit', 'customerpool', '--max-removed', 'off', '--freshness', 'off', '--json'])
    expect(JSON.parse(off.stdout)).toMatchObject({
      ...{ maxRemovedPercent: null, maxRemovedRows: 1_000, timeoutMinutes: 90, noProgressMinutes: 10 },
      freshnessMinutes: null,
    })
    expect(unasked.stderr).toMatch(
      /^poolkeeper: Removing a dataflow has to be confirmed\..*--confirm CustomerPool`\.\n$/,
    )
    expect(unasked.code).toBe(2)
    const removed = await dataflow(['remove', 'customerpool', '--confirm', 'CustomerPool', '--json'])
    expect(JSON.parse(removed.stdout)).toEqual({ removed: 'CustomerPool' })
    const schemas = await database.db.execute(sql`select from pg_namespace where nspname like 'customerpool%'`)
    expect(schemas).toHaveLength(0)
  })

  test('gives the owner of a role its external id and trust policy', async () => {
    const role = 'arn:aws:iam::123456789012:role/poolkeeper'
    const { stderr } = await dataflow(['create', 'RolePool', '--pool-id', 'eu-central-1_XyZ', '--role-arn', role])
    const [, externalId] = /^External id: (.+)$/m.exec(stderr) ?? []
    expect(externalId).toMatch(/^[0-9a-f-]{36}$/)
    expect(stderr).toContain(`"sts:ExternalId": "${externalId}"`)
    expect(stderr).toContain('`poolkeeper connect RolePool`')
    const [policy, trust] = await Promise.all([way(['policy', 'RolePool']), way(['policy', 'RolePool', '--trust'])])
    expect(JSON.parse(policy.stdout)).toMatchObject({
      Statement: [{ Resource: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_XyZ' }],
    })
    expect(policy.stderr).toContain(`"sts:ExternalId": "${externalId}"`)
    expect(JSON.parse(trust.stdout)).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': externalId } } }],
    })
  })

  test('has no trust policy for a dataflow that assumes no role', async () => {
    await dataflow([...CREATE, '--ambient'])
    const { code, stderr } = await way(['policy', 'CustomerPool', '--trust'])
    expect([code, stderr]).toEqual([
      2,
      'poolkeeper: CustomerPool does not assume a role, so there is no trust policy.\n',
    ])
  })

  test('states what an opt-in table costs before it is imported, and takes a budget for it', async () => {
    const opting = ['create', 'OptIn', '--pool-id', 'eu-central-1_OptIn', '--ambient', '--table', 'users', '--json']
    const refused = await dataflow([...opting, '--table', 'user_mfa'])
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toMatch(/1,000 requests for 1,000 users.*--accept-costs/)
    const [created, stray] = await Promise.all([
      dataflow([...opting, '--table', 'user_mfa', '--budget', 'user_mfa=5000', '--accept-costs']),
      dataflow([...opting, '--budget', 'user_devices=5']),
    ])
    expect(JSON.parse(created.stdout).tables).toContainEqual({ source: 'user_mfa', purpose: 'All', budget: 5_000 })
    const edited = await dataflow(['edit', 'OptIn', '--budget', 'user_mfa=7000'])
    expect(edited.stderr).toMatch(
      /^Tables: +optin\.users \(All\), optin\.user_mfa \(All, at most 7,000 requests a run\)$/m,
    )
    expect(stray.stderr).toBe('poolkeeper: Nothing is imported of user_devices, so no budget is needed there.\n')
  })

  test('treats columns, changes that without naming the tables, and says what it does not reach', async () => {
    const create = ['create', 'Treated', '--pool-id', 'eu-central-1_Treated', '--ambient']
    const treats = (...texts: string[]) => texts.flatMap((text) => ['--treat', text])
    const created = await dataflow([...create, ...treats('users.email=mask', 'users.custom_a.b="c"=hash')])
    expect(created.stderr).not.toContain('kept as they are')
    expect(created.stderr).toMatch(
      /^Treatments: +users\.email masked, users\.custom_a\.b="c" hashed; all else is kept as it is$/m,
    )
    const edited = await dataflow(['edit', 'Treated', ...treats('users.email=keep', 'groups.description=drop')])
    const hashed = await dataflow(['edit', 'Treated', ...treats('users.sub=hash', 'group_members.sub=hash')])
    expect(hashed.stderr).toMatch(/^users\.username, group_members\.username are kept as they are, and may tell/m)
    expect(edited.stderr).toMatch(/^Treatments: +users\.custom_a\.b="c" hashed, groups\.description dropped; all else/m)
    expect(edited.stderr).toMatch(
      /^The treatments apply from the next run on\. The snapshots that are kept, up to 7, hold/m,
    )
    const [wrong, unwritten] = await Promise.all([
      dataflow(['edit', 'Treated', ...treats('users.sub=drop', 'users.phone=mask')]),
      dataflow(['edit', 'Treated', ...treats('users=mask')]),
    ])
    expect(wrong.stderr).toMatch(/The column users\.sub tells the rows apart.*There is no column phone in users/)
    expect(unwritten.stderr).toBe('poolkeeper: Say --treat as users.email=mask, not as users=mask.\n')
    expect([created.code, edited.code, wrong.code, unwritten.code]).toEqual([0, 0, 2, 2])
  })

  test('never takes a secret as an argument', async () => {
    const command = [...CREATE, '--access-key-id', 'AKIAIOSFODNN7EXAMPLE']
    const [argument, missing] = await Promise.all([
      dataflow([...command, '--secret-access-key', SECRET]),
      dataflow(command),
    ])
    expect(argument.stderr).toContain("unknown option '--secret-access-key'")
    expect(missing.stderr).toMatch(/^poolkeeper: The secret access key is missing;.*AWS_SECRET_ACCESS_KEY/)
    expect([argument.code, missing.code]).toEqual([2, 2])
  })
})
