import { gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { EVERYTHING_GRANTED } from '../../../src/access/caller.ts'
import { createToken } from '../../../src/access/token.ts'
import { createDataflow } from '../../../src/dataflow/create.ts'
import { example } from '../../dataflow/examples.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { openDashboard, signedIn, type Visitor } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

const keys = freshKeys()
let database: TestDatabase
let url: string
let admin: Program
let visit: Visitor
let secret: string

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url, keys })
  url = dashboard.url
  admin = await programOf(url, database.db)
  ;({ secret } = await createToken(database.db, {
    ...EVERYTHING_GRANTED,
    ...{ name: 'raw', createdBy: 'ana', expiresAt: null },
  }))
  visit = await signedIn(url, database.db)
  await createDataflow(database.db, keys, example())
  return dashboard.close
})

/** Everything that a statement slipped in could have made or dropped. */
async function objects(): Promise<string> {
  const rows = await database.db.execute<{ name: string }>(sql`
    select nspname || '.' || relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where nspname not like 'pg\\_%' and nspname <> 'information_schema' order by 1`)
  return rows.map(({ name }) => name).join('\n')
}

const base = { poolId: 'eu-central-1_AbCdEf123', credentials: { kind: 'ambient' } }

describe('a dataflow is refused, and nothing was done, for', () => {
  test.each([
    ['a name that ends a statement', { name: `x"; drop schema poolkeeper cascade; --` }],
    ['a name that leads elsewhere', { name: '../poolkeeper' }],
    ['a name of another alphabet that looks like ours', { name: 'Сustomers' }],
    ['a schema of ours', { name: 'poolkeeper' }],
    ['a schema of Postgres', { name: 'pg_catalog' }],
    ['a name that objects have', { name: '__proto__' }],
    ['a name with NUL', { name: 'a\0b' }],
    ['a name of a hundred characters', { name: 'x'.repeat(100) }],
    ['a schedule that ends a statement', { name: 'A', schedule: `* * * * *'; select pg_sleep(60); --` }],
    ['a schedule without end', { name: 'A', schedule: '*,'.repeat(20_000) }],
    ['a schedule of steps of nothing', { name: 'A', schedule: '*/0 * * * *' }],
    ['a time zone that is a path', { name: 'A', timezone: '../../etc/passwd' }],
    ['a time zone that ends a statement', { name: 'A', timezone: `UTC'; drop table poolkeeper.runs; --` }],
    ['a time zone as long as a book', { name: 'A', timezone: 'x'.repeat(90_000) }],
    ['a table that ends a statement', { name: 'A', tables: [{ source: 'users"; drop', purpose: 'All' }] }],
    ['a table of ours', { name: 'A', tables: [{ source: 'poolkeeper.runs', purpose: 'All' }] }],
    ['a treatment of what all objects have', { name: 'A', treatments: { constructor: { name: 'mask' } } }],
    ['a column that ends a comment', { name: 'A', treatments: { users: { "x'; drop": 'burn' } } }],
    [
      'a role that is another command',
      { name: 'A', credentials: { kind: 'role', roleArn: 'arn:aws:iam::1:role/x y' } },
    ],
    ['an endpoint of somebody’s own', { name: 'A', endpoint: 'https://evil.example' }],
    ['an external id of somebody’s own', { name: 'A', credentials: { kind: 'role', roleArn: 'r', externalId: 'x' } }],
    ['a pool that is an address', { name: 'A', poolId: 'evil.example/eu-central-1_A' }],
    ['settings that are a list', [base]],
    ['settings that are a word', 'name'],
    ['no settings', null],
  ])('%s', async (_, settings) => {
    const before = await objects()
    const body =
      Array.isArray(settings) || settings === null || typeof settings === 'string' ? settings : { ...base, ...settings }
    expect(await admin('POST', '/dataflows', body)).toMatchObject({ status: 400, body: { cause: 'bad-input' } })
    expect(await objects()).toBe(before)
  })
})

test('a key named __proto__ in a body is a field like any other, and not known', async () => {
  const body = `{"name":"A","poolId":"eu-central-1_A","credentials":{"kind":"ambient"},"__proto__":{"isAdmin":true}}`
  const response = await send(body)
  expect(response.status).toBe(400)
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
})

describe('no table outside the schemas of dataflows can be read:', () => {
  test.each([
    ...['poolkeeper/sessions', 'poolkeeper/credentials', 'pg_catalog/pg_authid', 'information_schema/tables'],
    ...[
      'customerpool_snapshots/users',
      'public/x',
      'customerpool/users"',
      "customerpool/users'--",
      'customerpool/USERS',
    ],
    ...['customerpool%2f..%2fpoolkeeper/sessions', 'customerpool/..%2fsessions', '%00/users', 'customerpool/%00'],
    ...['__proto__/users', 'customerpool/constructor', `customerpool/${'x'.repeat(5_000)}`],
  ])('%s', async (table) => {
    for (const path of [table, `${table}/rows`, `${table}/export`]) {
      expect((await admin('GET', `/databases/${path}`)).status).toBeOneOf([400, 404])
    }
  })
})

test.each([
  ...[
    'sort=sub;drop',
    'sort=1',
    'sort=(select 1)',
    'filter=1=1',
    "filter=sub'='x",
    'filter=nothing',
    'limit=1e9',
    'limit=-1',
  ],
  ...['cursor=e30', 'cursor=%00', 'cursor[]=x', 'sort[x]=y', '__proto__[x]=y', 'format=xml', 'limit=1&limit=2'],
])('rows are refused for %s', async (query) => {
  expect((await admin('GET', `/databases/customerpool/users/rows?${query}`)).status).toBe(400)
})

test.each(['0', '-1', '1e3', '0x1', '1.5', '9007199254740993', '99999999999999999999', 'NaN', '%20', '1%00', "1'--"])(
  '%s is the number of no run',
  async (run) => {
    expect((await admin('GET', `/runs/${run}`)).status).toBeOneOf([400, 404])
  },
)

describe('a body is refused that', () => {
  test.each([
    ['is cut off', '{"name":', 400],
    ['is no JSON', 'name=A', 400],
    ['is too large', JSON.stringify({ description: 'x'.repeat(110_000) }), 413],
    ['is nested without end', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, 400],
  ])('%s', async (_, body, status) => {
    const response = await send(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ status, cause: 'bad-input' })
  })

  test('is small and unpacks to much', async () => {
    const bomb = gzipSync(JSON.stringify({ description: 'x'.repeat(50_000_000) }))
    expect(bomb.length).toBeLessThan(100_000)
    expect((await send(new Uint8Array(bomb), { 'content-encoding': 'gzip' })).status).toBe(413)
  })
})

/** Sends a body as it is, whatever it is. */
function send(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${secret}`
  const json = { authorization, 'content-type': 'application/json' }
  return fetch(`${url}/api/v1/dataflows`, { method: 'POST', body, headers: { ...json, ...headers } })
}

describe('what people typed is text on every page:', () => {
  const XSS = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

  test('display names, descriptions and reasons', async () => {
    const texts = { displayName: XSS, description: XSS }
    expect(await admin('POST', '/dataflows', { ...base, ...texts, name: 'Marked' })).toMatchObject({ status: 201 })
    expect(await admin('PATCH', '/dataflows/marked', { paused: true, pauseReason: XSS })).toMatchObject({ status: 200 })
    const page = await (await visit('/', { headers: { accept: 'text/html' } })).text()
    expect(page).not.toMatch(/<script>|<img src=x/)
    expect(page).toContain('&lt;script>')
  })

  test.each([
    `/runs/${encodeURIComponent(XSS)}`,
    `/${encodeURIComponent(XSS)}`,
    `/sign-in?token=${encodeURIComponent(XSS)}`,
  ])('the address %s', async (path) => {
    const response = await visit(path, { headers: { accept: 'text/html' } })
    expect(await response.text()).not.toMatch(/<script>|<img src=x/)
  })

  test('a problem that repeats it is no page to any browser', async () => {
    const { headers, body } = await admin('GET', `/dataflows/${encodeURIComponent('<script>')}`)
    expect(body.detail).toContain('<script>')
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})
