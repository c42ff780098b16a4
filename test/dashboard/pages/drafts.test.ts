import { beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { testRedisUrl } from '../../support/redis.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { fill, textOf } from './forms.ts'

let sandbox: Sandbox
let database: TestDatabase
let url: string
let visit: Visitor
let made = 0

beforeAll(async () => {
  sandbox = await startSandbox({ users: 20, groups: 2, quota: 1_000 })
  database = await createTestDatabase()
  const dashboard = await openDashboard({
    ...{ databaseUrl: database.url, redisUrl: await testRedisUrl(), keys: freshKeys() },
    cognitoEndpoint: sandbox.endpoint,
  })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  return async () => {
    await dashboard.close()
    await sandbox.stop()
  }
})

const read = async (path: string) => textOf(await (await visit(path)).text())

/** Begins a draft; what its steps stand below. */
async function begin(name = `Pool${++made}`): Promise<string> {
  const { goTo } = await fill(visit, '/dataflows/new', { name })
  return goTo.replace(/\/connector$/, '')
}

const poolFields = (changes = {}) => {
  const { accessKeyId, secretAccessKey } = sandbox.credentials
  return {
    poolId: sandbox.poolId,
    kind: 'access-key',
    'credentials.accessKeyId': accessKeyId,
    'credentials.secretAccessKey': secretAccessKey,
    ...changes,
  }
}

describe('the wizard', () => {
  test('leads from a name to a run, by the steps that people are told', async () => {
    const draft = await begin('CustomerPool')
    expect(await read(`${draft}/connector`)).toMatch(/All categories Services and apps .* AWS Cognito/)
    expect((await fill(visit, `${draft}/connector`, { connector: 'aws-cognito' })).goTo).toBe(`${draft}/details`)
    const details = { displayName: 'Customers', description: 'Who buys.', tags: 'eu, shop' }
    expect((await fill(visit, `${draft}/details`, details)).goTo).toBe(`${draft}/connection`)
    expect((await fill(visit, `${draft}/connection`, poolFields())).goTo).toBe(`${draft}/tables`)
    const page = await read(`${draft}/tables`)
    expect(page).toMatch(/users The users of the pool .* customerpool\.users about 20 1/)
    expect(page).toContain('user_mfa asks Cognito for each user (AdminGetUser)')
    const tables = { table: ['users', 'groups'], 'purpose.groups': 'Customer 360', 'treat.users.email': 'mask' }
    expect((await fill(visit, `${draft}/tables`, tables)).goTo).toBe(`${draft}/schedule`)
    const schedule = { when: 'weekdays', time: '04:15', timezone: 'Europe/Berlin' }
    expect((await fill(visit, `${draft}/schedule`, schedule)).goTo).toBe(`${draft}/review`)
    expect(await read(`${draft}/review`)).toMatch(
      /Customers Who buys\. eu, shop .* with its secret .* users All email masked groups Customer 360 .* At 04:15, Monday through Friday Europe\/Berlin/,
    )
    const { goTo } = await fill(visit, `${draft}/review`, { next: 'run' })
    expect(goTo).toMatch(/^\/runs\/\d+$/)
    expect(await read(goTo)).toContain('Run 1 ◦ Queued')
  })

  test('keeps what was answered for whoever comes back, and throws it away when told to', async () => {
    const draft = await begin('Unfinished')
    await fill(visit, `${draft}/connector`, { connector: 'aws-cognito' })
    expect(await read('/dataflows/new')).toContain('Go on with Unfinished')
    expect((await fill(visit, `${draft}/discard`, {})).goTo).toBe('/dataflows/new')
    expect(await read('/dataflows/new')).not.toContain('Go on with Unfinished')
    expect((await visit(`${draft}/details`)).status).toBe(404)
  })

  test('tells of a name while it is typed', async () => {
    const check = (name: string) => read(`/dataflows/new/check?name=${encodeURIComponent(name)}`)
    expect(await check('9Pools')).toContain('The name must start with a letter')
    expect(await check('Fine1')).toContain('Fine1 is free. Its tables will be in the schema fine1')
    expect(await check('')).toBe('')
    const draft = await begin('TakenPool')
    await fill(visit, `${draft}/connection`, { kind: 'ambient', poolId: sandbox.poolId })
    await fill(visit, `${draft}/review`, {})
    expect(await check('takenpool')).toContain('There is already a dataflow takenpool')
  })

  test('shows a form anew with what was typed and what is wrong, and says so in its title', async () => {
    const { status, html } = await fill(visit, '/dataflows/new', { name: 'my <pool>' })
    expect(status).toBe(422)
    expect(html).toContain('<title>Error: Name · New dataflow · Poolkeeper</title>')
    expect(html).toContain('value="my &lt;pool>"')
    expect(html).toContain('href="#name"')
  })

  test('finds connectors by category and words', async () => {
    const draft = await begin()
    expect(await read(`${draft}/connector?search=cognito`)).toContain('User pools of Amazon Cognito')
    expect(await read(`${draft}/connector?search=salesforce`)).toContain('No connector matches “salesforce”')
    expect(await read(`${draft}/connector?category=Services+and+apps`)).toContain('User pools of Amazon Cognito')
  })

  test('is for those who may create dataflows', async () => {
    const operator = await signedInAs(url, database.db, { role: 'operator' })
    expect((await operator('/dataflows/new')).status).toBe(403)
  })
})

describe('connecting', () => {
  test('tells what is wrong at the field that it is wrong in', async () => {
    const draft = await begin()
    const wrong = async (changes: object) => fill(visit, `${draft}/connection`, poolFields(changes))
    const at = (field: string) => new RegExp(`<a href="#${field.replace('.', '\\.')}">`)
    const secretAccessKey = `${sandbox.credentials.secretAccessKey.slice(0, -1)}x`
    expect((await wrong({ 'credentials.secretAccessKey': secretAccessKey })).html).toMatch(
      at('credentials.secretAccessKey'),
    )
    expect((await wrong({ 'credentials.accessKeyId': 'AKIAIOSFODNN7EXAMPLE' })).html).toMatch(
      at('credentials.accessKeyId'),
    )
    const elsewhere = await wrong({ poolId: 'us-east-1_NoSuchPool' })
    expect(elsewhere.html).toMatch(at('poolId'))
    expect(textOf(elsewhere.html)).toContain('does not exist in Region us-east-1')
  })

  test('keeps a secret that was typed beside a mistyped pool, and never shows it', async () => {
    const draft = await begin()
    const { status, html } = await fill(visit, `${draft}/connection`, poolFields({ poolId: 'nonsense' }))
    expect(status).toBe(422)
    expect(textOf(html)).toContain('Kept, and never shown. Type to replace it.')
    expect(html).not.toContain(sandbox.credentials.secretAccessKey)
    expect(await read(`${draft}/review`)).toContain(`${sandbox.credentials.accessKeyId}, with its secret`)
  })

  test('shows action by action what is missing, and how to go on', async () => {
    const draft = await begin()
    const { accessKeyId, secretAccessKey } = sandbox.addPrincipal({
      denied: ['cognito-idp:ListGroups', 'cognito-idp:ListResourceServers'],
    })
    const fields = { 'credentials.accessKeyId': accessKeyId, 'credentials.secretAccessKey': secretAccessKey }
    const { goTo } = await fill(visit, `${draft}/connection`, poolFields(fields))
    expect(goTo).toBe(`${draft}/connection`)
    const page = await read(goTo)
    expect(page).toContain('✓ cognito-idp:ListUsers Allowed: users')
    expect(page).toMatch(/✕ cognito-idp:ListGroups Missing: groups .* lack the permission/)
    expect(page).toContain('– cognito-idp:ListResourceServers Not allowed: resource_servers not chosen')
    expect(page).toContain('1 permission of what you chose is missing')
    expect(page).toContain('"cognito-idp:ListGroups"')
    expect(await read(`${draft}/tables`)).toMatch(/groups The groups of the pool .* may not be read/)
    // what may not be read is not ticked
    await fill(visit, `${draft}/tables`, {})
    expect(await read(`${draft}/review`)).toMatch(/Tables users All A run takes/)
  })

  test('shows the external id and the trust policy before there is a role', async () => {
    const page = await read(`${await begin()}/connection`)
    const [, externalId = 'none'] = /trust policy: ([0-9a-f-]{36})/.exec(page) ?? []
    expect(page).toContain(`"sts:ExternalId": "${externalId}"`)
    expect(page).toContain('arn:aws:iam::ACCOUNT-ID:root')
  })
})

describe('what is answered', () => {
  test('of tables that cost something takes a tick', async () => {
    const draft = await begin()
    const table = ['users', 'user_mfa']
    const refused = await fill(visit, `${draft}/tables`, { table })
    expect(refused.html).toContain('href="#acceptCosts"')
    expect(textOf(refused.html)).toContain('Accept what user_mfa would cost, or leave that out.')
    const accepted = await fill(visit, `${draft}/tables`, { table, acceptCosts: 'on', 'budget.user_mfa': '500' })
    expect(accepted.goTo).toBe(`${draft}/schedule`)
    const { html } = await fill(visit, `${draft}/tables`, { table: [] })
    expect(textOf(html)).toContain('Choose at least one table.')
  })

  test('of a schedule is told in words, with the next times in its zone', async () => {
    const next = (fields: Record<string, string>) => read(`/schedule/next?${new URLSearchParams(fields)}`)
    const daily = await next({ when: 'daily', time: '02:30', timezone: 'Asia/Tokyo' })
    expect(daily).toMatch(/At 02:30 Asia\/Tokyo( \d+ \w+, 02:30 Asia\/Tokyo in .+?){5}/)
    expect(await next({ when: 'cron', schedule: '@weekly', timezone: 'UTC' })).toContain('only on Sunday')
    expect(await next({ when: 'cron', schedule: '* *', timezone: 'UTC' })).toContain('The schedule has 2 fields')
    expect(await next({ when: 'daily', time: '02:30', timezone: 'Nowhere' })).toContain(
      'There is no time zone Nowhere.',
    )
    expect(await next({ when: 'never' })).toContain('It runs when somebody asks for it.')
  })

  test('in another window meanwhile is not written over', async () => {
    const draft = await begin()
    const old = await (await visit(`${draft}/details`)).text()
    await fill(visit, `${draft}/details`, { displayName: 'First' })
    const { status, html } = await fill(visit, `${draft}/details`, { displayName: 'Second' }, old)
    expect(status).toBe(422)
    expect(textOf(html)).toContain('was changed in another window')
    expect(await read(`${draft}/review`)).toContain('First')
  })
})
