import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSignInLink } from '../../src/access/signInLink.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { seedDataflow } from './seeds.ts'
import { asOurForm, openDashboard, signIn, stranger } from './visitor.ts'

let database: TestDatabase
let url: string
/** The cookie of somebody who is signed in. */
let session: string

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  await seedDataflow(database.db, { name: 'CustomerPool' })
  return dashboard.close
})

const newSession = async () =>
  signIn(url, '/sign-in', new URL(await createSignInLink(database.db, 'ana', url)).searchParams)

beforeEach(async () => {
  session = await newSession()
})

const post = (path: string, headers: Record<string, string>, body?: URLSearchParams | string) =>
  stranger(url)(path, { method: 'POST', headers, ...(body !== undefined && { body }) })

const isSignedIn = async () => (await stranger(url)('/', { headers: { cookie: session } })).status === 200

describe('a change that is asked for with a session', () => {
  test('is made where the form carries its token', async () => {
    const { cookie, 'x-csrf-token': csrf } = await asOurForm(url, session)
    const response = await post('/sign-out', { cookie, origin: url }, new URLSearchParams({ csrf }))
    expect(response.status).toBe(303)
    expect(await isSignedIn()).toBe(false)
  })

  test.each([
    ['without a token', {}, undefined],
    ['with an empty one', { 'x-csrf-token': '' }, ''],
    ['with one that somebody made up, and its cookie', { 'x-csrf-token': 'made.up' }, 'made.up'],
    ['with a cookie that is an object', { 'x-csrf-token': 'a.b' }, 'j:{"split":1}'],
  ])('is not made %s', async (_how, headers, planted) => {
    const cookie = planted === undefined ? session : `${session}; poolkeeper-csrf=${planted}`
    expect((await post('/sign-out', { cookie, ...headers })).status).toBe(403)
    expect(await isSignedIn()).toBe(true)
  })

  test('is not made with the token of another session, nor with one of before signing out', async () => {
    const theirs = await asOurForm(url, await newSession())
    const replayed = { ...theirs, cookie: theirs.cookie.replace(/^[^;]+/, session) }
    expect((await post('/sign-out', replayed)).status).toBe(403)
    expect(await isSignedIn()).toBe(true)

    const ours = await asOurForm(url, session)
    expect((await post('/sign-out', ours)).status).toBe(303)
    expect((await post('/sign-out', ours)).status).toBe(401)
    session = await newSession()
    expect((await post('/sign-out', { ...ours, cookie: ours.cookie.replace(/^[^;]+/, session) })).status).toBe(403)
    expect(await isSignedIn()).toBe(true)
  })

  test('needs the token at the API as well', async () => {
    const run = '/api/v1/dataflows/CustomerPool/runs'
    const json = { 'content-type': 'application/json' }
    const refused = await post(run, { cookie: session, ...json }, '{}')
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      cause: 'forbidden',
      detail: expect.stringContaining('earlier session'),
    })
    const form = new URLSearchParams({ csrf: (await asOurForm(url, session))['x-csrf-token'] })
    expect((await post(run, { cookie: session }, form)).status).toBe(403)
    const made = await post(run, { ...(await asOurForm(url, session)), ...json }, '{}')
    expect(made.status).toBe(202)
    expect(await made.json()).toMatchObject({ requestedBy: 'ana', trigger: 'manual' })
  })
})

test('two pages that were opened one after the other both work', async () => {
  const first = await asOurForm(url, session)
  const second = await stranger(url)('/', { headers: { cookie: first.cookie } })
  expect(await second.text()).toContain(`value="${first['x-csrf-token']}"`)
})

test.each(['/sign-in', '/sign-in/token'])('a page of another site can not sign anybody in at %s', async (path) => {
  const link = new URL(await createSignInLink(database.db, 'mallory', url))
  const response = await post(path, { origin: 'https://evil.example' }, link.searchParams)
  expect(response.status).toBe(403)
  expect(response.headers.getSetCookie()).toEqual([])
})
