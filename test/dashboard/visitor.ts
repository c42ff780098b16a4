import { onTestFinished } from 'vitest'
import { startDashboard } from '../../dashboard/server.ts'
import { EVERYTHING_GRANTED, type Grants } from '../../src/access/caller.ts'
import { createSignInLink } from '../../src/access/signInLink.ts'
import { createToken } from '../../src/access/token.ts'
import type { SealingKey } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { createLogger } from '../../src/logger.ts'
import type { OidcSettings } from '../../src/oidcSettings.ts'
import { testRedisUrl } from '../support/redis.ts'

export interface Servers {
  readonly databaseUrl: string
  /** Default: that of all tests. */
  readonly redisUrl?: string
  readonly keys?: readonly SealingKey[]
  readonly cognitoEndpoint?: string
  readonly oidc?: OidcSettings
}

/** Starts a dashboard on a free port for the time of one test, or of a file when called in `beforeAll`. */
export async function openDashboard({
  databaseUrl,
  redisUrl,
  keys = [],
  cognitoEndpoint,
  oidc,
}: Servers): Promise<{ url: string; close(): Promise<void> }> {
  const dashboard = await startDashboard(
    {
      host: '127.0.0.1',
      port: 0,
      databaseUrl,
      redisUrl: redisUrl ?? (await testRedisUrl()),
      keys,
      cognitoEndpoint,
      oidc,
    },
    createLogger('test', 'silent'),
  )
  return {
    url: dashboard.url,
    close: async () => {
      await dashboard.quiet()
      await dashboard.stop()
    },
  }
}

/** The same, closed by itself after the test that calls it. */
export async function openDashboardForTest(servers: Servers): Promise<string> {
  const { url, close } = await openDashboard(servers)
  onTestFinished(close)
  return url
}

/** Somebody who looks at the dashboard: paths in, answers out, redirects left alone. */
export type Visitor = (path: string, init?: RequestInit) => Promise<Response>

export function stranger(url: string): Visitor {
  return (path, init) => fetch(url + path, { redirect: 'manual', ...init })
}

/** Signs in through the button of the sign-in page and keeps the cookie. */
export async function signedIn(url: string, db: Database): Promise<Visitor> {
  return holding(url, await signIn(url, '/sign-in', new URL(await createSignInLink(db, 'ana', url)).searchParams))
}

/** Signs in with a token of these grants. */
export async function signedInAs(url: string, db: Database, grants: Partial<Grants>): Promise<Visitor> {
  const wanted = { ...EVERYTHING_GRANTED, ...grants, name: 'ben', createdBy: 'ana', expiresAt: null }
  const { secret: token } = await createToken(db, wanted)
  return holding(url, await signIn(url, '/sign-in/token', new URLSearchParams({ token })))
}

/** The cookie that a secret is exchanged for. */
export async function signIn(url: string, path: string, body: URLSearchParams, cookie = ''): Promise<string> {
  const response = await stranger(url)(path, { method: 'POST', body, headers: { cookie } })
  const [set] = response.headers.getSetCookie()
  if (!set) throw new Error(`no cookie: signing in answered ${response.status}`)
  return pairIn(set)
}

/** What a browser sends back of a cookie that was set. */
export const pairIn = (set: string) => set.slice(0, set.indexOf(';'))

/** Somebody with a session's cookie, who makes changes as our own forms do. */
export function holding(url: string, cookie: string): Visitor {
  return async (path, init) => {
    const given = Object.fromEntries(new Headers(init?.headers))
    const headers = isRead(init?.method) || given.cookie ? { cookie } : await asOurForm(url, cookie)
    return fetch(url + path, { redirect: 'manual', ...init, headers: { ...headers, ...given } })
  }
}

const isRead = (method = 'GET') => method === 'GET' || method === 'HEAD'

/** The token that a page's forms carry, and its cookie beside the session's. */
export async function asOurForm(url: string, cookie: string): Promise<{ cookie: string; 'x-csrf-token': string }> {
  const page = await stranger(url)('/', { headers: { cookie } })
  const [, token = ''] = /name="csrf" value="([^"]*)"/.exec(await page.text()) ?? []
  return { cookie: [cookie, ...page.headers.getSetCookie().map(pairIn)].join('; '), 'x-csrf-token': token }
}
