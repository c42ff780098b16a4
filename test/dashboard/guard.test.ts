import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOpenStreams } from '../../dashboard/api/openStreams.ts'
import { openBoardQueues } from '../../dashboard/bullBoard/queues.ts'
import { watchFleet } from '../../dashboard/fleet.ts'
import { openProvider } from '../../src/access/oidc.ts'
import { API, ROUTES } from '../../src/api/routes.ts'
import { sessions } from '../../src/db/schema/access.ts'
import { createLogger } from '../../src/logger.ts'
import { openRedis } from '../../src/queue/redis.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { type MountedRoute, routesOf } from './routes.ts'
import { openDashboard, signedIn, stranger } from './visitor.ts'

/** A provider that is away: people can begin to sign in, and are told so. */
const OIDC = {
  ...{ issuer: 'http://127.0.0.1:1', clientId: 'poolkeeper', clientSecret: 'none', roles: [], groupsClaim: 'groups' },
  url: 'http://pools.test',
}

let database: TestDatabase
let redisUrl: string
let dashboard: Awaited<ReturnType<typeof openDashboard>>

beforeAll(async () => {
  database = await createTestDatabase()
  redisUrl = await testRedisUrl()
  dashboard = await openDashboard({ databaseUrl: database.url, redisUrl, oidc: OIDC })
})

afterAll(() => dashboard.close())

const OPEN = [
  'GET /healthz',
  'GET /readyz',
  'GET /sign-in',
  'GET /sign-in/oidc',
  'GET /sign-in/oidc/callback',
  'POST /sign-in',
  'POST /sign-in/token',
]

async function allRoutes(): Promise<MountedRoute[]> {
  const logger = createLogger('test', 'silent')
  const redis = openRedis(redisUrl, logger, { blocking: false })
  const queues = openBoardQueues(redis, logger)
  const fleet = watchFleet(redis)
  const routes = routesOf({
    db: database.db,
    redis,
    queues,
    streams: createOpenStreams(database.db),
    fleet,
    logger,
    keys: [],
    cognitoEndpoint: undefined,
    readersUrl: 'postgres://127.0.0.1/tests',
    oidc: openProvider(OIDC),
  })
  fleet.stop()
  redis.disconnect()
  return routes
}

describe('without a session', () => {
  test('no route answers but those that must', async () => {
    const routes = await allRoutes()
    expect(routes).toContainEqual({ method: 'GET', path: '/runs/:id' })
    expect(routes).toContainEqual({ method: 'GET', path: '/queues/api/queues' })
    for (const { method, path } of Object.values(ROUTES)) {
      expect(routes).toContainEqual({ method: method.toUpperCase(), path: API + path.replaceAll(/\{(\w+)\}/g, ':$1') })
    }
    const answered = new Set<string>()
    for (const { method, path } of routes) {
      const response = await stranger(dashboard.url)(path.replace(/[:*{}]/g, ''), { method })
      // what pages load holds nothing of anybody's
      if (response.status !== 401 && !path.startsWith('/assets/')) answered.add(`${method} ${path}`)
    }
    expect([...answered].sort()).toEqual(OPEN)
  })

  test.each([
    '/no-such-page',
    '/queues/static/favicon.ico',
    '/queues/',
    '//queues',
    '/queues/..%2f',
    '/QUEUES',
    '/runs/1/',
  ])('nor does %s', async (path) => {
    const response = await stranger(dashboard.url)(path)
    expect(response.status).toBe(401)
  })

  test('people are told how to sign in, programs get a problem', async () => {
    const page = await stranger(dashboard.url)('/', { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('npx poolkeeper sign-in')
    const problem = await stranger(dashboard.url)('/queues/api/queues', { headers: { accept: 'application/json' } })
    expect(problem.headers.get('content-type')).toContain('application/problem+json')
    expect(await problem.json()).toMatchObject({ status: 401, title: 'Unauthorized' })
  })

  test.each(['', 'poolkeeper=', 'poolkeeper=made-up', '__Host-poolkeeper=made-up', 'other=1; poolkeeper=x'])(
    'the cookie "%s" opens nothing',
    async (cookie) => {
      expect((await stranger(dashboard.url)('/', { headers: { cookie } })).status).toBe(401)
    },
  )

  test('what the sign-in page loads is there, and kept by browsers', async () => {
    const html = await (await stranger(dashboard.url)('/sign-in')).text()
    const [style = '', ...scripts] = [...html.matchAll(/"(\/assets\/[^"]+\.(?:css|js))"/g)].map(([, path = '']) => path)
    expect(scripts).toHaveLength(2)
    const css = await stranger(dashboard.url)(style)
    expect(css.status).toBe(200)
    expect(css.headers.get('content-type')).toContain('text/css')
    expect(css.headers.get('cache-control')).toContain('immutable')
  })
})

describe('with a session', () => {
  test('the pages open until it ends', async () => {
    const visit = await signedIn(dashboard.url, database.db)
    expect((await visit('/')).status).toBe(200)
    await database.db.update(sessions).set({ expiresAt: new Date() })
    expect((await visit('/')).status).toBe(401)
  })

  test('signing out ends it, also for a copy of the cookie', async () => {
    const visit = await signedIn(dashboard.url, database.db)
    const response = await visit('/sign-out', { method: 'POST', headers: { origin: dashboard.url } })
    expect(response.status).toBe(303)
    expect(response.headers.get('set-cookie')).toMatch(/^poolkeeper=;/)
    expect((await visit('/')).status).toBe(401)
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'not an origin'])(
    'a page of %s can not sign anybody out',
    async (origin) => {
      const visit = await signedIn(dashboard.url, database.db)
      expect((await visit('/sign-out', { method: 'POST', headers: { origin } })).status).toBe(403)
      expect((await visit('/')).status).toBe(200)
    },
  )

  test('signing out is no link that a page could make somebody follow', async () => {
    const visit = await signedIn(dashboard.url, database.db)
    expect((await visit('/sign-out')).status).toBe(404)
    expect((await visit('/')).status).toBe(200)
  })
})
