import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createSignInLink } from '../../src/access/signInLink.ts'
import type { Database } from '../../src/db/database.ts'
import { sessions, signInLinks } from '../../src/db/schema/access.ts'
import { createTestDatabase } from '../support/database.ts'
import { openDashboard, stranger } from './visitor.ts'

let db: Database
let url: string

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  onTestFinished(() => dashboard.close())
})

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?1' }

/** `fetch` sets Sec-Fetch headers of its own; here they are the test's. */
async function open(link: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<IncomingMessage> {
  const [response] = (await once(request(link, { headers, method }).end(), 'response')) as [IncomingMessage]
  response.resume()
  return response
}

describe('a sign-in link', () => {
  test.each([
    ['a click in a browser', NAVIGATION],
    ['curl', {}],
  ])('signs in by %s', async (_who, headers) => {
    const response = await open(await createSignInLink(db, 'ana', url), headers)
    expect(response.statusCode).toBe(303)
    expect(response.headers.location).toBe('/')
    expect(await db.$count(sessions)).toBe(1)
  })

  test.each([
    ['a prefetch', { 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' }, 'GET'],
    ['a script', { 'sec-fetch-mode': 'cors' }, 'GET'],
    ['a look at its headers', {}, 'HEAD'],
  ])('is not used up by %s', async (_who, headers, method) => {
    const response = await open(await createSignInLink(db, 'ana', url), headers, method)
    expect(response.statusCode).toBe(200)
    expect(response.headers['set-cookie']).toBeUndefined()
    expect(await db.$count(signInLinks)).toBe(1)
  })

  test('gets a button where it may not have been a click, and the button signs in', async () => {
    const link = await createSignInLink(db, 'ana', url)
    const page = await (await fetch(link)).text()
    const token = new URL(link).searchParams.get('token') ?? ''
    expect(page).toContain(`name="token" value="${token}"`)
    const response = await stranger(url)('/sign-in', { method: 'POST', body: new URLSearchParams({ token }) })
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test('says what to do when it was used before', async () => {
    const link = await createSignInLink(db, 'ana', url)
    await open(link)
    const again = await stranger(url)('/sign-in', { method: 'POST', body: new URL(link).searchParams })
    expect(again.status).toBe(401)
    expect(again.headers.getSetCookie()).toEqual([])
    const page = await again.text()
    expect(page).toContain('was used already')
    expect(page).toContain('npx poolkeeper sign-in')
  })

  test('goes nowhere else: no referrer, no copy in a cache', async () => {
    const { headers } = await open(await createSignInLink(db, 'ana', url), { 'sec-fetch-mode': 'cors' })
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cache-control']).toBe('no-store')
  })
})

describe('the cookie', () => {
  test('is kept from scripts and from other sites, for 12 hours', async () => {
    const response = await open(await createSignInLink(db, 'ana', url))
    const [cookie = ''] = response.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^poolkeeper=[\w-]{27}; /)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Lax')
    expect(cookie).not.toContain('Secure')
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? '')
    expect((expires - Date.now()) / 3_600_000).toBeCloseTo(12, 1)
  })

  test('is bound to the host and to TLS behind a proxy that ends TLS', async () => {
    const proxied = { 'x-forwarded-proto': 'https' }
    const response = await open(await createSignInLink(db, 'ana', url), proxied)
    const [cookie = ''] = response.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^__Host-poolkeeper=/)
    expect(cookie).toContain('Secure')
    const pair = cookie.slice(0, cookie.indexOf(';'))
    expect((await open(`${url}/`, { ...proxied, cookie: pair })).statusCode).toBe(200)
  })
})

test('who keeps trying is told to wait', async () => {
  const answers = await Promise.all(Array.from({ length: 31 }, () => open(`${url}/sign-in?token=guess`)))
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(30).fill(401), 429])
})
