import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { audit, oidcSignIns, sessions } from '../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openTestProvider, type TestProvider } from '../support/oidc.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openDashboard, pairIn, stranger } from './visitor.ts'

let database: TestDatabase
let provider: TestProvider
let url: string

beforeAll(async () => {
  provider = await openTestProvider([
    { group: 'ops', role: 'operator', personal: false },
    { group: 'analysts', role: 'viewer', personal: true },
    { group: 'admins', role: 'admin', personal: false },
  ])
  database = await createTestDatabase()
  return provider.close
})

/** Each test has a dashboard of its own: attempts to sign in are counted. */
beforeEach(async () => {
  await database.db.delete(sessions)
  await database.db.delete(audit)
  const dashboard = await openDashboard({
    ...{ databaseUrl: database.url, redisUrl: await testRedisUrl(), oidc: provider.settings },
  })
  url = dashboard.url
  return dashboard.close
})

const ANA = { email: 'ana@example.com', email_verified: true, groups: ['ops'] }

/** Clicks on the button. @returns where the browser is sent, and the cookie that it was given */
async function begin(): Promise<{ address: string; cookie: string }> {
  const response = await stranger(url)('/sign-in/oidc')
  expect(response.status).toBe(303)
  const [set = ''] = response.headers.getSetCookie()
  return { address: response.headers.get('location') ?? '', cookie: pairIn(set) }
}

const comeBack = (path: string, cookie: string) => stranger(url)(path, { headers: { cookie } })

/** Signs in at the provider and comes back with its answer. */
async function signIn(): Promise<Response> {
  const { address, cookie } = await begin()
  return comeBack(await provider.answerTo(address), cookie)
}

const sessionIn = (response: Response) =>
  response.headers
    .getSetCookie()
    .map(pairIn)
    .find((pair) => pair.startsWith('poolkeeper=')) ?? ''

async function whoIs(response: Response): Promise<unknown> {
  return (await stranger(url)('/api/v1/me', { headers: { cookie: sessionIn(response) } })).json()
}

describe('whoever signs in with OpenID Connect', () => {
  test('is who the provider says, and may do what their group may', async () => {
    provider.isThere('user-1', ANA)
    const response = await signIn()
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/')
    expect(await whoIs(response)).toMatchObject({
      name: 'ana@example.com',
      role: 'operator',
      personal: false,
      dataflows: null,
    })
    expect(await database.db.select().from(audit)).toMatchObject([
      { action: 'sign-in', actor: 'ana@example.com', details: { with: 'OpenID Connect', subject: 'user-1' } },
    ])
  })

  test('may do what all of their groups may together', async () => {
    provider.isThere('user-2', { groups: ['analysts', 'others', 'ops'] })
    expect(await whoIs(await signIn())).toMatchObject({ role: 'operator', personal: true })
    provider.isThere('user-3', { groups: ['ops', 'admins'] })
    expect(await whoIs(await signIn())).toMatchObject({ role: 'admin', personal: true })
  })

  test('is called by their subject unless the provider has verified their address', async () => {
    provider.isThere('user-4', { ...ANA, email_verified: false })
    expect(await whoIs(await signIn())).toMatchObject({ name: 'user-4' })
  })

  test.each([[[]], [['others', 'OPS', 'ops ']], [undefined]])(
    'with the groups %j is told that none is mapped',
    async (groups) => {
      provider.isThere('user-5', groups ? { groups } : {})
      const response = await signIn()
      expect(response.status).toBe(403)
      expect(sessionIn(response)).toBe('')
      expect(await response.text()).toContain('none of your groups may use Poolkeeper')
      expect(await database.db.$count(sessions)).toBe(0)
    },
  )
})

describe('a sign-in', () => {
  test('is asked for with a proof key, a state and a nonce, and leads back to the address that was configured', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const response = await stranger(url)('/sign-in/oidc', { headers })
    const { origin, searchParams } = new URL(response.headers.get('location') ?? '')
    expect(origin).toBe(provider.settings.issuer)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{
        response_type: 'code',
        redirect_uri: 'http://pools.test/sign-in/oidc/callback',
        code_challenge_method: 'S256',
      },
      ...{ scope: 'openid email', state: expect.stringMatching(/^.{40,}$/), nonce: expect.stringMatching(/^.{40,}$/) },
    })
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-poolkeeper-oidc=[\w-]{27}; .*HttpOnly; Secure; SameSite=Lax/)
  })

  test('counts for the browser that began it, and once', async () => {
    provider.isThere('user-1', ANA)
    const [mine, theirs] = [await begin(), await begin()]
    const answer = await provider.answerTo(mine.address)
    for (const cookie of ['', theirs.cookie, 'poolkeeper-oidc=made-up']) {
      const response = await comeBack(answer, cookie)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(sessionIn(response)).toBe('')
    }
    expect((await comeBack(answer, mine.cookie)).status).toBe(303)
    const again = await comeBack(answer, mine.cookie)
    expect(again.status).toBe(400)
    expect(await again.text()).toContain('was ended already')
    expect(await database.db.$count(sessions)).toBe(1)
  })

  test.each([
    ['of another state', (path: string) => path.replace(/state=[^&]*/, 'state=other')],
    ['without a state', (path: string) => path.replace(/state=[^&]*/, '')],
    ['with another code', (path: string) => path.replace(/code=[^&]*/, 'code=other')],
    ['of another provider', (path: string) => path.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example')],
    ['that is empty', () => '/sign-in/oidc/callback'],
  ])('is refused with an answer %s', async (_how, tampered) => {
    provider.isThere('user-1', ANA)
    const { address, cookie } = await begin()
    const response = await comeBack(tampered(await provider.answerTo(address)), cookie)
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('was not accepted')
    expect(await database.db.$count(sessions)).toBe(0)
  })

  test.each([
    ['with another proof key', { codeVerifier: 'x'.repeat(43) }],
    ['with another nonce', { nonce: 'other' }],
  ])('is refused %s', async (_how, other) => {
    provider.isThere('user-1', ANA)
    const { address, cookie } = await begin()
    await database.db.update(oidcSignIns).set(other)
    expect((await comeBack(await provider.answerTo(address), cookie)).status).toBe(401)
  })

  test('is refused when somebody else has signed who it is', async () => {
    provider.isThere('user-1', ANA)
    provider.publishesOtherKeys(true)
    const response = await signIn()
    provider.publishesOtherKeys(false)
    expect(response.status).toBe(401)
    expect(await database.db.$count(sessions)).toBe(0)
  })

  test('is forgotten after ten minutes', async () => {
    provider.isThere('user-1', ANA)
    const { address, cookie } = await begin()
    await database.db.update(oidcSignIns).set({ expiresAt: sql`now()` })
    expect((await comeBack(await provider.answerTo(address), cookie)).status).toBe(400)
    await begin()
    expect(await database.db.$count(oidcSignIns)).toBe(1)
  })

  test('that the provider refused says so, and nothing of what the provider wrote', async () => {
    const { address, cookie } = await begin()
    const state = new URL(address).searchParams.get('state')
    const said = new URLSearchParams({
      error: 'access_denied',
      error_description: '<b>mallory</b>',
      state: state ?? '',
      iss: provider.settings.issuer,
    })
    const response = await comeBack(`/sign-in/oidc/callback?${said}`, cookie)
    expect(response.status).toBe(401)
    const page = await response.text()
    expect(page).toContain('did not let you in')
    expect(page).not.toContain('mallory')
  })

  test('leaves no id in the database that a cookie could be made of', async () => {
    const { cookie } = await begin()
    const rows = JSON.stringify(await database.db.select().from(oidcSignIns))
    expect(rows).not.toContain(cookie.slice(cookie.indexOf('=') + 1))
  })
})

test('while the provider is away the other ways in are there, and it is asked again', async () => {
  const away = { ...provider.settings, issuer: 'http://127.0.0.1:1' }
  const dashboard = await openDashboard({ databaseUrl: database.url, oidc: away })
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const response = await stranger(dashboard.url)('/sign-in/oidc')
    expect(response.status).toBe(503)
    const page = await response.text()
    expect(page).toContain('The OpenID provider is not answering.')
    expect(page).toContain('action="/sign-in/token"')
  }
  await dashboard.close()
})

test('where no provider is configured there is no such way in', async () => {
  const dashboard = await openDashboard({ databaseUrl: database.url })
  const visit = stranger(dashboard.url)
  expect(await (await visit('/sign-in')).text()).not.toContain('/sign-in/oidc')
  expect((await visit('/sign-in/oidc')).status).toBe(401)
  await dashboard.close()
})
