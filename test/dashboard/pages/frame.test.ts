import { beforeAll, describe, expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../../src/access/caller.ts'
import { createToken } from '../../../src/access/token.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { seedDataflow, seedRun } from '../seeds.ts'
import { openDashboard, pairIn, signedIn, signedInAs, stranger, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let database: TestDatabase
let url: string
let visit: Visitor
let ours: number

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  ours = await seedDataflow(database.db, { name: 'OurPool' })
  await seedDataflow(database.db, { name: 'TheirPool' })
  await seedDataflow(database.db, { name: 'OldPool', removedAt: new Date() })
  return dashboard.close
})

/** What a person reads on a page. */
const readAs = async (visitor: Visitor, path: string, init?: RequestInit) =>
  wordsOf(await (await visitor(path, init)).text())

describe('the frame', () => {
  test('counts the dataflows that there are for whoever looks', async () => {
    expect(await readAs(visit, '/runs')).toContain('Dataflows 2 Runs')
    const limited = await signedInAs(url, database.db, { dataflows: [ours] })
    expect(await readAs(limited, '/runs')).toContain('Dataflows 1 Runs')
  })

  test('says who does the work, and that nobody is there for it', async () => {
    const page = await vi.waitFor(async () => {
      const html = await (await visit('/runs')).text()
      expect(html).toContain('Redis and Postgres well')
      expect(html).toContain('workers')
      return html
    }, 10_000)
    expect(page).toMatch(/class="trouble">! 0 schedulers · 0 workers/)
  })

  test('stays around what went wrong, with what to do', async () => {
    const missing = await readAs(visit, '/no-such-page')
    expect(missing).toMatch(/Dataflows Runs .+ Not found There is nothing at this address\. To the dataflows/)
    const viewer = await signedInAs(url, database.db, { role: 'viewer' })
    expect(await readAs(viewer, '/queues')).toMatch(/Dataflows Runs .+ Refused This takes the role operator/)
  })

  test('is not around a page that stands in one already', async () => {
    const inside = await visit('/queues/../no-such-page', { headers: { 'sec-fetch-dest': 'iframe' } })
    expect(await inside.text()).not.toContain('aria-label="Main"')
  })
})

describe('every answer', () => {
  test('keeps to itself: no foreign asset, no inline script, no frame, no copy', async () => {
    const { headers } = await visit('/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests|https?:/)
    expect(policy).toContain("script-src 'self'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('about an error shows nothing of its inside, and by which name the log has it', async () => {
    const broken = await visit('/runs/%E0%A4%A')
    expect(broken.status).toBe(400)
    await database.db.execute('alter table poolkeeper.webhooks rename to hooks')
    const response = await visit('/settings/webhooks')
    await database.db.execute('alter table poolkeeper.hooks rename to webhooks')
    expect(response.status).toBe(500)
    const page = (await broken.text()) + (await response.text())
    expect(page).toContain('Something unexpected happened')
    expect(page).toContain(`request <code>${response.headers.get('x-request-id')}`)
    expect(page).not.toMatch(/hooks"|select|node_modules|Error:| at /)
  })
})

describe('Bull Board', () => {
  test('stands in a page of ours where a browser asks for a window, and alone where it asks from within one', async () => {
    const address = '/queues/queue/poolkeeper-stream?status=active'
    const ask = async (dest: string) => {
      const response = await vi.waitFor(async () => {
        const answer = await visit(address, { headers: { 'sec-fetch-dest': dest } })
        expect(answer.status).toBe(200)
        return answer
      }, 10_000)
      return { html: await response.text(), headers: response.headers }
    }
    const window = await ask('document')
    expect(window.html).toContain(`<iframe class="within" title="Bull Board" src="${address}"`)
    expect(window.headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'.*frame-src 'self'/)
    expect(window.headers.get('x-frame-options')).toBe('DENY')
    const inside = await ask('iframe')
    expect(inside.html).toContain('<div id="root">')
    expect(inside.headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
    expect(inside.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  })

  test('is framed by nothing else, and frames nothing else', async () => {
    const { headers } = await visit('/runs')
    expect(headers.get('content-security-policy')).not.toContain('frame-src')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })
})

describe('whoever has to sign in', () => {
  /** Asks for a page without a session, signs in with a token, and is sent on. */
  async function sentOnTo(path: string, init?: RequestInit): Promise<string | null> {
    const turnedAway = await stranger(url)(path, init)
    const wanted = turnedAway.headers.getSetCookie().map(pairIn).join('; ')
    const grants = { ...EVERYTHING_GRANTED, name: 'ben', createdBy: 'ana', expiresAt: null }
    const { secret } = await createToken(database.db, grants)
    const body = new URLSearchParams({ token: secret })
    const signedIn = await stranger(url)('/sign-in/token', { method: 'POST', body, headers: { cookie: wanted } })
    return signedIn.headers.get('location')
  }

  test('comes to the page that they wanted', async () => {
    expect(await sentOnTo('/runs?state=failed')).toBe('/runs?state=failed')
  })

  test('comes back to the form that they sent, since what was sent is gone', async () => {
    const headers = { referer: `${url}/settings/tokens/new` }
    expect(await sentOnTo('/settings/tokens', { method: 'POST', headers })).toBe('/settings/tokens/new')
  })

  test.each([
    ['another host', '//evil.example/', {}],
    ['another host, as browsers read it', '/\\evil.example/', {}],
    ['what a script asked for', '/runs', { 'sec-fetch-dest': 'empty' }],
  ])('is not sent to %s', async (_what, path, headers) => {
    expect(await sentOnTo(path, { headers })).toBe('/')
  })
})

test('what people typed is text, never markup', async () => {
  const id = await seedDataflow(database.db, {
    name: 'HostilePool',
    displayName: '"><script>alert(1)</script><img src=x>',
  })
  const run = await seedRun(database.db, id, {
    state: 'failed',
    cause: 'internal',
    requestedBy: '<b onclick=x>mallory</b>',
    description: '</p><script>alert(2)</script> `<i>`',
  })
  for (const path of ['/', '/runs', `/runs/${run}`]) {
    const html = await (await visit(path)).text()
    expect(html).not.toMatch(/<script>|<img src=x|<b onclick|<i>/)
    expect(html).toContain('&lt;script>alert(')
  }
})
