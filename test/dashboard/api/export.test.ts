import { desc } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../../src/access/caller.ts'
import { createToken } from '../../../src/access/token.ts'
import type { Database } from '../../../src/db/database.ts'
import { audit } from '../../../src/db/schema/access.ts'
import type { Row } from '../../../src/db/table.ts'
import { createTestDatabase } from '../../support/database.ts'
import type { TestDataflow } from '../../support/dataflows.ts'
import { openDashboard } from '../visitor.ts'
import { aDataflowWith, PEOPLE, publishRows } from './tables.ts'
import { type Program, programOf } from './visitor.ts'

let db: Database
let url: string
let admin: Program
let dataflow: TestDataflow

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  admin = await programOf(url, db)
  dataflow = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  return dashboard.close
})

const publish = (rows: readonly Row[]) => publishRows(db, dataflow, PEOPLE, rows)

const EXPORT = '/databases/customerpool/users/export'

async function exportsNoted() {
  const entries = await db.select().from(audit).orderBy(desc(audit.id))
  return entries.filter(({ action }) => action === 'exportRows')
}

describe('a table as a file', () => {
  test('is CSV as RFC 4180 has it, saved under the name of what it is', async () => {
    const run = await publish([
      { sub: 'a1', email: 'Ada "the first", of\r\nLondon', status: '', enabled: true, logins: -5, score: '-0.10' },
      { sub: 'b2', email: 'müller@example.com', enabled: false, identities: [{ a: 1 }], created_at: '2026-01-02' },
    ])
    const { status, headers, body } = await admin('GET', EXPORT)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toBe(`attachment; filename=customerpool.users.${run}.csv`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(body).toBe(
      [
        'sub,email,phone_number,status,enabled,logins,score,created_at,identities',
        'a1,"Ada ""the first"", of\r\nLondon",,,true,-5,-0.10,,',
        'b2,müller@example.com,,,false,,,2026-01-02T00:00:00+00:00,"[{""a"":1}]"',
        '',
      ].join('\r\n'),
    )
  })

  test.each([`=HYPERLINK("http://evil.example","x")`, '+1', '-2+3', '@SUM(1)', '\t=1', '\r=1', '＝1'])(
    'never holds %j as a formula, and NDJSON holds it as it is',
    async (email) => {
      await publish([{ sub: 'a1', email }])
      expect((await admin('GET', EXPORT)).body).toContain(`'${email.replaceAll('"', '""')}`)
      const { headers, body } = await admin('GET', `${EXPORT}?format=ndjson`)
      expect(headers.get('content-type')).toContain('application/x-ndjson')
      expect(JSON.parse(body)).toMatchObject({ sub: 'a1', email, logins: null })
    },
  )

  test('holds every row once over many batches, or those that are filtered', async () => {
    await publish(Array.from({ length: 2_500 }, (_, n) => ({ sub: `s${n}`, status: n % 2 ? 'CONFIRMED' : 'EXTERNAL' })))
    const subsIn = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).sub)
    const all = subsIn((await admin('GET', `${EXPORT}?format=ndjson`)).body)
    expect([all.length, new Set(all).size]).toEqual([2_500, 2_500])
    const some = subsIn((await admin('GET', `${EXPORT}?format=ndjson&filter=status=EXTERNAL`)).body)
    expect(some).toHaveLength(1_250)
  })

  test('is masked for whoever has no right to personal values', async () => {
    await publish([{ sub: 'a1', email: 'ada@example.com', status: 'CONFIRMED' }])
    const viewer = await programOf(url, db, { role: 'viewer', personal: false })
    const { body } = await viewer('GET', EXPORT)
    expect(body).toContain('a***,a***@example.com,,CONFIRMED')
    expect((await exportsNoted())[1]).toMatchObject({ details: { format: 'csv', columns: [] } })
  })

  test('is noted before and after, without a value', async () => {
    const run = await publish([{ sub: 'a1', email: 'ada@example.com' }])
    await admin('GET', `${EXPORT}?filter=email~ada`)
    const [after, before] = await exportsNoted()
    expect(before).toMatchObject({
      target: 'customerpool.users',
      details: { snapshot: run, format: 'csv', columns: ['sub', 'email', 'created_at', 'identities'] },
    })
    expect(after).toMatchObject({ details: { snapshot: run, rows: 1, whole: true } })
    expect(JSON.stringify([after, before])).not.toContain('ada')
  })

  test('is a problem where something is wrong with what was asked for', async () => {
    await publish([{ sub: 'a1' }])
    for (const query of ['format=xlsx', 'filter=logins=many', 'filter=nothing=x']) {
      const { status, headers } = await admin('GET', `${EXPORT}?${query}`)
      expect([status, headers.get('content-disposition')]).toEqual([400, null])
    }
  })

  test('is read no further once nobody takes it', async () => {
    await publish(Array.from({ length: 6_000 }, (_, n) => ({ sub: `s${n}`, email: 'x'.repeat(3_000) })))
    const { secret } = await createToken(db, {
      ...EVERYTHING_GRANTED,
      name: 'report',
      createdBy: 'ana',
      expiresAt: null,
    })
    const leaving = new AbortController()
    const response = await fetch(`${url}/api/v1${EXPORT}`, {
      headers: { authorization: `Bearer ${secret}` },
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    leaving.abort()
    const [end] = await vi.waitFor(async () => {
      const entries = await exportsNoted()
      expect(entries[0]?.details).toHaveProperty('whole')
      return entries
    })
    expect(end).toMatchObject({ actor: 'report', details: { whole: false } })
    expect(end?.details.rows).toBeLessThan(6_000)
  })
})
