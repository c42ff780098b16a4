import { onTestFinished } from 'vitest'
import { startDashboard } from '../../dashboard/server.ts'
import { createSignInLink } from '../../src/access/signInLink.ts'
import type { SealingKey } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { createLogger } from '../../src/logger.ts'

export interface Servers {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly keys?: readonly SealingKey[]
  readonly cognitoEndpoint?: string
}

/** Starts a dashboard on a free port for the time of one test, or of a file when called in `beforeAll`. */
export async function openDashboard({
  databaseUrl,
  redisUrl,
  keys = [],
  cognitoEndpoint,
}: Servers): Promise<{ url: string; close(): Promise<void> }> {
  const dashboard = await startDashboard(
    { host: '127.0.0.1', port: 0, databaseUrl, redisUrl, keys, cognitoEndpoint },
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
  const cookie = await signIn(url, await createSignInLink(db, 'ana', url))
  return (path, init) =>
    fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: { cookie, ...Object.fromEntries(new Headers(init?.headers)) },
    })
}

/** The cookie that a link is exchanged for. */
async function signIn(url: string, link: string): Promise<string> {
  const response = await stranger(url)('/sign-in', { method: 'POST', body: new URL(link).searchParams })
  const [cookie] = response.headers.getSetCookie()
  if (!cookie) throw new Error(`no cookie: signing in answered ${response.status}`)
  return cookie.slice(0, cookie.indexOf(';'))
}
