import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import { audit } from '../../../src/db/schema/access.ts'
import { createTestDatabase } from '../../support/database.ts'
import type { TestDataflow } from '../../support/dataflows.ts'
import { takeReadersAway } from '../../support/readers.ts'
import { aDataflowWith, PEOPLE, publishRows } from '../api/tables.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let db: Database
let url: string
let visit: Visitor
let viewer: Visitor
let customers: TestDataflow

const USERS = '/databases/customerpool/users'

const ADA = { sub: 'a1', email: 'ada@example.com', phone_number: 'h4sh', status: 'CONFIRMED' }
const BOB = {
  sub: 'b2',
  email: '<img src=x onerror=alert(1)>',
  status: 'UNCONFIRMED',
  identities: { is: 'x'.repeat(90) },
}

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  visit = await signedIn(url, db)
  viewer = await signedInAs(url, db, { role: 'viewer', personal: false })
  customers = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  await aDataflowWith(db, 'StaffPool', PEOPLE)
  await publishRows(db, customers, PEOPLE, [ADA, BOB])
  return dashboard.close
})

takeReadersAway(() => db)

const html = async (path: string, visitor = visit) => (await visitor(path)).text()

/** What a person reads on a page: its text, with one space between words. */
const read = async (path: string, visitor = visit) => wordsOf(await html(path, visitor))

/** Sends a form with these fields. */
const send = (path: string, fields: readonly (readonly [string, string])[] = [], visitor = visit) =>
  visitor(path, { method: 'POST', body: new URLSearchParams(fields.map(([name, value]) => [name, value])) })

/** The rows of a page, by what stands in their first cell. */
const subsIn = (page: string) => [...page.matchAll(/<th scope="row"[^>]*>([^<]*)</g)].map(([, sub]) => sub)

describe('the list of databases', () => {
  test('shows each schema with its tables, how much they hold and what is published', async () => {
    const page = await read('/databases')
    expect(page).toMatch(/customerpool CustomerPool users 2 \d+ kB just now .+ UTC Run \d+ staffpool StaffPool/)
    expect(page).toMatch(/staffpool StaffPool users .*– – nothing imported yet/)
  })

  test('finds schemas by their name, and says when there is none', async () => {
    expect(await read('/databases?search=STAFF')).not.toContain('customerpool')
    expect(await read('/databases?search=nothing')).toContain('No schema matches “nothing”. Clear the search')
  })

  test('is that of the dataflows that one may see', async () => {
    const limited = await signedInAs(url, db, { role: 'admin', dataflows: [customers.id] })
    expect(await read('/databases', limited)).not.toMatch(/staffpool/i)
    expect((await limited('/databases/staffpool')).status).toBe(404)
    expect((await limited('/databases/staffpool/users')).status).toBe(404)
  })
})

describe('a schema', () => {
  test('shows its tables, and to those who may not make roles whom to ask', async () => {
    const page = await read('/databases/customerpool', viewer)
    expect(page).toMatch(/users The users of the pool All 2 \d+ kB/)
    expect(page).toContain('An admin can make a role for you')
    expect(page).not.toContain('Make a read-only role')
    expect((await send('/databases/customerpool/readers', [], viewer)).status).not.toBe(200)
  })

  test('gets a role, whose password is shown this once, and which is taken away again', async () => {
    const made = await (await send('/databases/customerpool/readers')).text()
    const [, role, password] = /postgresql:\/\/(\w+):([\w-]{27})@/.exec(made) ?? []
    expect(wordsOf(made)).toContain(`${role} is made. This is its password. It is shown this once`)
    const page = await html('/databases/customerpool')
    expect(page).toContain(`postgresql://${role}@`)
    expect(page).not.toContain(password)
    const [remove = ''] = /\/databases\/customerpool\/readers\/\d+\/remove/.exec(page) ?? []
    expect((await send(remove)).headers.get('location')).toBe('/databases/customerpool')
    expect(await html('/databases/customerpool')).not.toContain(role)
    const again = await send(remove)
    expect([again.status, wordsOf(await again.text())]).toEqual([422, expect.stringContaining('No reader')])
  })
})

describe('the rows of a table', () => {
  test('are shown as text, whatever stands in them, and long values open where one wants', async () => {
    const page = await html(USERS)
    expect(subsIn(page)).toEqual(['a1', 'b2'])
    expect(page).toContain('&lt;img src=x onerror=alert(1)>')
    expect(page).toMatch(/<summary>\{&quot;is&quot;:&quot;x+…<\/summary>/)
    expect(wordsOf(page)).toContain('phone_number hashed')
  })

  test('are masked for whoever may not see people’s values, and can’t be looked for by them', async () => {
    const page = await html(USERS, viewer)
    expect(wordsOf(page)).toContain('You see masked: sub, email, created_at, identities.')
    expect(page).toContain('a***@example.com')
    expect(page).not.toContain('ada@')
    expect(page).not.toContain('<option value="email">')
    expect(await read(`${USERS}?filter=email~ada`, viewer)).toContain('You see email masked')
  })

  test('are looked for by an address that can be shared', async () => {
    const wanted = [
      ['column', 'status'],
      ['test', 'is'],
      ['value', 'CONFIRMED'],
      ['sort', '-status'],
    ] as const
    const found = await send(USERS, wanted)
    const address = found.headers.get('location') ?? ''
    expect([found.status, address]).toEqual([303, `${USERS}?filter=status%3DCONFIRMED&sort=-status`])
    const page = await html(address)
    expect(subsIn(page)).toEqual(['a1'])
    expect(page).toContain('aria-sort="descending"')
    expect(wordsOf(page)).toContain('status is “CONFIRMED”')
    expect(await read(`${USERS}?filter=status%3DGONE`)).toContain('No row is like that. Clear filters')
  })

  test('are looked for by a person’s value without an address that would hold it', async () => {
    const found = await send(USERS, [
      ['column', 'email'],
      ['test', 'contains'],
      ['value', 'ada@'],
    ])
    const page = await found.text()
    expect([found.status, subsIn(page)]).toEqual([200, ['a1']])
    expect(wordsOf(page)).toContain('You look for a person’s value')
    expect(page).toContain('<input type="hidden" name="filter" value="email~ada@"')
    const addresses = [...page.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, address]) => address)
    expect(addresses.filter((address = '') => /ada|email/.test(address))).toEqual([])
  })

  test('that are asked for wrongly leave the form with what is wrong', async () => {
    const page = await html(`${USERS}?filter=logins=many`)
    expect(page).toContain('<title>Error: customerpool.users')
    expect(wordsOf(page)).toContain('A value to filter by is none of its column’s type.')
    expect(page).toContain('aria-label="Remove the filter logins is “many”"')
    expect(await read(`${USERS}?cursor=none`)).toContain('This cursor is none of ours')
  })

  test('come page by page, and of one import', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ sub: `s${String(n).padStart(2, '0')}`, status: 'CONFIRMED' }))
    await publishRows(db, customers, PEOPLE, many)
    const first = await html(`${USERS}?filter=status%3DCONFIRMED`)
    const [, next = ''] = /href="([^"]*cursor=[^"]*)"/.exec(first) ?? []
    await publishRows(db, customers, PEOPLE, [ADA, BOB])
    const second = await html(next.replaceAll('&amp;', '&'))
    expect([subsIn(first).length, subsIn(second)]).toEqual([50, many.slice(50).map(({ sub }) => sub)])
    expect(wordsOf(second)).toMatch(/You are reading run \d+\. Run \d+ has been published since/)
  })

  test('are downloaded as a file: all that match', async () => {
    const file = await send(`${USERS}/export`, [
      ['filter', 'email~ada'],
      ['format', 'csv'],
    ])
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="?customerpool\.users\.\d+\.csv"?$/)
    expect((await file.text()).split('\r\n')).toHaveLength(3)
    const lines = (await (await send(`${USERS}/export`, [['format', 'ndjson']], viewer)).text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).email)).toEqual(['a***@example.com', expect.any(String)])
    expect((await send(`${USERS}/export`, [['filter', 'nothing=1']])).status).toBe(303)
  })
})

test('the columns of a table tell what they hold without a look at anybody', async () => {
  const looks = () => db.$count(audit, eq(audit.action, 'listRows'))
  const before = await looks()
  const page = await read(`${USERS}?view=columns`, viewer)
  expect(page).toMatch(/email text The email contact kept masked/)
  expect(page).toMatch(/phone_number text The phone_number contact hashed as it is/)
  await visit(`${USERS}?view=columns`)
  expect(await looks()).toBe(before)
})

test('before the first import a table says what to do', async () => {
  expect(await read('/databases/staffpool/users')).toContain('Nothing has been imported yet. Run StaffPool')
})
