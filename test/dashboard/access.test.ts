import { beforeAll, describe, expect, test } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createSignInLink } from '../../src/access/signInLink.ts'
import { createToken, revokeToken } from '../../src/access/token.ts'
import { audit } from '../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { seedDataflow, seedRun } from './seeds.ts'
import { asOurForm, openDashboard, signedInAs, signIn, stranger, type Visitor } from './visitor.ts'

let database: TestDatabase
let url: string
let ours: number
let theirRun: number

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  ours = await seedDataflow(database.db, { name: 'OurPool' })
  await seedRun(database.db, ours)
  theirRun = await seedRun(database.db, await seedDataflow(database.db, { name: 'TheirPool' }))
  return dashboard.close
})

const newToken = () =>
  createToken(database.db, { ...EVERYTHING_GRANTED, name: 'crm', createdBy: 'ana', expiresAt: null })

const openWith = async (secret: string) => signIn(url, '/sign-in/token', new URLSearchParams({ token: secret }))

const statusWith = async (headers: Record<string, string>, path = '/') =>
  (await stranger(url)(path, { headers })).status

const statuses = (visit: Visitor, paths: readonly string[]) =>
  Promise.all(paths.map(async (path) => (await visit(path)).status))

describe('the pages', () => {
  test('show somebody with some dataflows nothing of the others', async () => {
    const visit = await signedInAs(url, database.db, { role: 'operator', dataflows: [ours] })
    const pages = await Promise.all(['/', '/runs'].map(async (path) => (await visit(path)).text()))
    for (const page of pages) {
      expect(page).toContain('OurPool')
      expect(page).not.toContain('TheirPool')
      expect(page).not.toContain('href="/queues"')
    }
    expect(await statuses(visit, [`/runs/${theirRun}`, '/queues', '/queues/api/queues', '/metrics'])).toEqual([
      ...[404, 403, 403, 403],
    ])
  })

  test('show the queues to operators only, and say who is signed in', async () => {
    const viewer = await signedInAs(url, database.db, { role: 'viewer', personal: false })
    expect(await statuses(viewer, ['/', `/runs/${theirRun}`, '/metrics', '/queues'])).toEqual([200, 200, 200, 403])
    const run = await (await viewer(`/runs/${theirRun}`)).text()
    expect(run).toMatch(/ben <small>viewer<\/small>/)
    expect(run).not.toContain('/queues')
    const operator = await signedInAs(url, database.db, { role: 'operator', personal: false })
    expect(await (await operator('/')).text()).toContain('href="/queues"')
    expect((await operator('/queues')).status).not.toBe(403)
  })
})

describe('a session that was opened with a token', () => {
  test('is its holder’s, and ends with it', async () => {
    const { id, secret } = await newToken()
    const cookie = await openWith(secret)
    expect(cookie).not.toContain(secret)
    expect(await (await stranger(url)('/api/v1/me', { headers: { cookie } })).json()).toMatchObject({
      ...{ name: 'crm', via: 'session', role: 'admin' },
    })
    await revokeToken(database.db, id)
    expect(await statusWith({ cookie })).toBe(401)
    await expect(openWith(secret)).rejects.toThrow('signing in answered 401')
  })

  test('is written down when it begins and when it ends, with the address that it came from', async () => {
    await database.db.delete(audit)
    const { id, secret } = await newToken()
    const cookie = await openWith(secret)
    const response = await stranger(url)('/sign-out', { method: 'POST', headers: await asOurForm(url, cookie) })
    expect(response.status).toBe(303)
    const by = { actor: 'crm', via: 'session', tokenId: id, origin: '127.0.0.1' }
    expect(await database.db.select().from(audit).orderBy(audit.id)).toMatchObject([
      { ...by, action: 'sign-in', details: { with: 'token' } },
      { ...by, action: 'sign-out' },
    ])
  })
})

test('a session id that somebody planted in the browser is not the one that is signed in', async () => {
  const planted = `poolkeeper=${'A'.repeat(27)}`
  const link = new URL(await createSignInLink(database.db, 'ana', url))
  const cookie = await signIn(url, '/sign-in', link.searchParams, planted)
  expect(cookie).not.toBe(planted)
  expect(await statusWith({ cookie: planted })).toBe(401)
  expect(await statusWith({ cookie })).toBe(200)
})

test('whoever signs in anew in the same browser has ended the session before', async () => {
  const { secret } = await newToken()
  const first = await openWith(secret)
  const second = await signIn(url, '/sign-in/token', new URLSearchParams({ token: secret }), first)
  expect([await statusWith({ cookie: first }), await statusWith({ cookie: second })]).toEqual([401, 200])
})

describe('nobody comes in', () => {
  let secret: string
  let session: string

  beforeAll(async () => {
    secret = (await newToken()).secret
    session = await openWith(secret)
  })

  test.each<[string, (secret: string) => string]>([
    ['as Basic', (text) => `Basic ${Buffer.from(`crm:${text}`).toString('base64')}`],
    ['without a scheme', (text) => text],
    ['with something after it', (text) => `Bearer ${text} ${text}`],
    ['quoted', (text) => `Bearer "${text}"`],
    ['as nothing', () => 'Bearer '],
    ['as a pattern', () => 'Bearer pk_%'],
    ['with its end cut off', (text) => `Bearer ${text.slice(0, -1)}`],
  ])('with a token %s, though a session is there as well', async (_how, header) => {
    const headers = { authorization: header(secret) }
    expect(await statusWith(headers)).toBe(401)
    expect(await statusWith({ ...headers, cookie: session })).toBe(401)
  })

  test.each<[string, (secret: string, session: string) => Record<string, string>]>([
    ['a token in a cookie', (token) => ({ cookie: `poolkeeper=${token}` })],
    ['a session as a token', (_, cookie) => ({ authorization: `Bearer ${cookie.slice('poolkeeper='.length)}` })],
    ['a cookie before the right one', (_, cookie) => ({ cookie: `poolkeeper=made-up; ${cookie}` })],
    ['an object for a cookie', () => ({ cookie: 'poolkeeper=j:{"a":1}' })],
    ['a cookie that is no text', () => ({ cookie: 'poolkeeper=%E0%A4%A' })],
    ['the cookie of plain HTTP over TLS', (_, cookie) => ({ cookie, 'x-forwarded-proto': 'https' })],
    [
      'headers that proxies set',
      () => ({ 'x-forwarded-user': 'ana', 'x-remote-user': 'ana', 'x-real-ip': '127.0.0.1' }),
    ],
    ['an address of this machine', () => ({ 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1;proto=https' })],
    ['another address to be served', () => ({ 'x-original-url': '/sign-in', 'x-rewrite-url': '/sign-in' })],
  ])('with %s', async (_what, headers) => {
    expect(await statusWith(headers(secret, session))).toBe(401)
  })

  test('with a token in an address, where logs and histories would keep it', async () => {
    expect(await statusWith({}, `/api/v1/me?access_token=${secret}&token=${secret}`)).toBe(401)
  })

  test('by a change that is called a read', async () => {
    const headers = { cookie: session, 'x-http-method-override': 'POST' }
    expect(await statusWith(headers, '/sign-out?_method=POST')).toBe(404)
    expect(await statusWith({ cookie: session })).toBe(200)
  })
})
