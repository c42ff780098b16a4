import { beforeAll, describe, expect, test } from 'vitest'
import { recordAudit } from '../../../src/access/audit.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { ANA } from '../../support/operations.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, stranger, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

const keys = freshKeys()
let database: TestDatabase
let url: string
let visit: Visitor
let ours: number

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url, keys })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  ours = await seedDataflow(database.db, { name: 'OurPool' })
  return dashboard.close
})

/** What a person reads of an answer. */
const read = async (path: string, visitor = visit) => wordsOf(await (await visitor(path)).text())

/** Sends a form; a field that is there twice is a list. */
const send = (path: string, fields: readonly (readonly [string, string])[] = []) =>
  visit(path, { method: 'POST', body: new URLSearchParams(fields.map(([name, value]) => [name, value])) })

/** Sends a form, and reads the page that it leads to with what that page says once. */
async function sendAndFollow(path: string, fields: readonly (readonly [string, string])[] = []): Promise<string> {
  const response = await send(path, fields)
  expect(response.status).toBe(303)
  const [notice = ''] = response.headers.getSetCookie().filter((cookie) => cookie.includes('poolkeeper-notice'))
  const text = Buffer.from(/notice=([^;]*)/.exec(notice)?.[1] ?? '', 'base64url').toString()
  return `${text} ${await read(response.headers.get('location') ?? '')}`
}

describe('tokens', () => {
  test('are made by a form whose answer shows the secret once, at an address that makes no other', async () => {
    const response = await send('/settings/tokens/new', [
      ...([
        ['name', 'crm'],
        ['role', 'operator'],
        ['dataflows', 'OurPool'],
        ['days', '30'],
      ] as const),
    ])
    expect(response.status).toBe(200)
    const html = await response.text()
    const [, secret = ''] = /<code id="secret">(pk_[^<]+)</.exec(html) ?? []
    expect(html).toContain('data-address="/settings/tokens"')
    const me = await stranger(url)('/api/v1/me', { headers: { authorization: `Bearer ${secret}` } })
    expect(await me.json()).toMatchObject({ name: 'crm', role: 'operator', dataflows: ['OurPool'] })
    const list = await read('/settings/tokens')
    expect(list).toContain('operator, for OurPool personal values masked')
    expect(list).toMatch(/in (29|30) days/)
    expect(list).not.toContain(secret)
  })

  test('are not made of what is wrong, and nothing that was typed is lost', async () => {
    const response = await send('/settings/tokens/new', [
      ...([
        ['name', ''],
        ['role', 'admin'],
        ['personal', 'yes'],
        ['dataflows', 'OurPool'],
      ] as const),
    ])
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toMatch(/<title>Error: New token/)
    expect(wordsOf(html)).toContain('There is a problem The name of a token has 1 to 100 characters')
    expect(html).toMatch(/<option value="admin" selected/)
    expect(html).toMatch(/name="personal" value="yes" checked/)
    expect(html).toMatch(/<textarea[^>]*>OurPool</)
    const unknown = await send('/settings/tokens/new', [
      ['name', 'crm'],
      ['role', 'viewer'],
      ['dataflows', 'OurPol'],
    ])
    expect(wordsOf(await unknown.text())).toContain('There is no dataflow OurPol. Did you mean OurPool?')
  })

  test('are revoked, which is asked about first, and then stand apart', async () => {
    const secret = /<code id="secret">(pk_[^<]+)</.exec(
      await (
        await send('/settings/tokens/new', [
          ['name', 'old'],
          ['role', 'viewer'],
        ])
      ).text(),
    )?.[1]
    const list = await (await visit('/settings/tokens')).text()
    const [, id = ''] = /id="revoke-(\d+)-title">Revoke the token old\?/.exec(list) ?? []
    expect(await sendAndFollow(`/settings/tokens/${id}/revoke`)).toMatch(
      /The token old is revoked.+1 token revoked or expired.+old/,
    )
    const refused = await stranger(url)('/api/v1/me', { headers: { authorization: `Bearer ${secret}` } })
    expect(refused.status).toBe(401)
  })
})

describe('the audit log', () => {
  test('is read by who, what and when, page by page', async () => {
    const marked = (action: string, name: string) =>
      recordAudit(database.db, { ...ANA, name }, { action, target: 'run 7', details: { tables: ['users', 'groups'] } })
    for (let run = 0; run < 51; run++) await marked('requestRun', 'nightly')
    await marked('cancelRun', 'mallory <b>')
    const first = await (await visit('/settings/audit?actor=nightly')).text()
    expect(wordsOf(first)).toContain('requestRun Request a run of a dataflow run 7 nightly signed in · 203.0.113.9')
    expect(wordsOf(first)).toContain('tables: users, groups')
    expect(first).not.toContain('mallory')
    const [, older = ''] = /href="([^"]+)">Older entries/.exec(first) ?? []
    expect(older).toContain('actor=nightly')
    const second = await (await visit(older.replaceAll('&amp;', '&'))).text()
    expect(second.match(/<th scope="row">/g)).toHaveLength(1)
    expect(second).not.toContain('Older entries')
    const hostile = await (await visit('/settings/audit?action=cancelRun&within=24h')).text()
    expect(hostile).toContain('mallory &lt;b>')
    expect(await read('/settings/audit?to=2020-01-01')).toContain('Nothing in the audit log matches.')
  })
})

describe('webhooks', () => {
  const fields = [
    ...([
      ['name', 'on-call'],
      ['format', 'json'],
      ['events', 'run.failed'],
      ['events', 'run.held'],
    ] as const),
  ]

  test('are made with the secret shown once, tried out, and removed', async () => {
    const made = await send('/settings/webhooks/new', [...fields, ['url', 'https://hooks.example.com/s3cret']])
    const html = await made.text()
    expect(html).toMatch(/<code id="secret">pkwh_/)
    const [, path = ''] = /data-address="([^"]+)"/.exec(html) ?? []
    expect(await read('/settings/webhooks')).toContain('on-call hooks.example.com json run.failed, run.held')
    const page = await read(path)
    expect(page).toContain('Nothing yet. Send a test')
    expect(page).not.toMatch(/s3cret|pkwh_/)
    expect(await sendAndFollow(`${path}/test`)).toMatch(/A test is on its way.+test delivery 1 ▸ Under way 0 attempts/)
    expect(await sendAndFollow(`${path}/remove`)).toMatch(/The webhook on-call is removed.+Nobody is told/)
  })

  test('are not made of a wrong address, which no page repeats', async () => {
    const response = await send('/settings/webhooks/new', [...fields, ['url', 'ftp://user:s3cret@hooks.example.com']])
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('Error: New webhook')
    expect(html).toMatch(/value="run.failed" checked/)
    expect(html).not.toMatch(/value="dataflow.late" checked|s3cret/)
  })
})

describe('whoever may not', () => {
  test('see the settings of everybody is shown what runs here, and who they are', async () => {
    for (const grants of [{ role: 'operator' as const, personal: false }, { dataflows: [ours] }]) {
      const visitor = await signedInAs(url, database.db, grants)
      expect((await visitor('/settings')).headers.get('location')).toBe('/settings/about')
      for (const path of ['/settings/tokens', '/settings/tokens/new', '/settings/audit', '/settings/webhooks/new'])
        expect({ path, status: (await visitor(path)).status }).toEqual({ path, status: 403 })
      const about = await read('/settings/about', visitor)
      expect(about).toContain('You ben')
      expect(about).not.toContain('Audit log')
    }
  })
})

test('what runs here is told: versions, who does the work, and which key is for what', async () => {
  const about = await read('/settings/about')
  expect(about).toMatch(/Poolkeeper \d+\.\d+\.\d+ on Node .+ Postgres \d+.+ Redis \d+\./)
  expect(about).toContain('Workers ! none is up; nothing is imported without one: poolkeeper worker')
  expect(about).toContain(`${keys[0]?.id} 0 Seals new secrets, opens old ones`)
})
