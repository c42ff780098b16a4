import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { seedDataflow, seedPublished, seedRun } from './seeds.ts'
import { openDashboard, signedIn, type Visitor } from './visitor.ts'

let db: Database
let visit: Visitor

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  onTestFinished(() => dashboard.close())
  visit = await signedIn(dashboard.url, db)
})

/** What a person reads on a page: its text, with one space between words. */
async function read(path: string): Promise<string> {
  const html = await (await visit(path)).text()
  return html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}

describe('dataflows', () => {
  test('an empty list says how to begin', async () => {
    expect(await read('/')).toContain('No dataflows yet. Import a Cognito user pool into Postgres')
  })

  test('each shows its pool, status, tables, rows and times', async () => {
    const nextRunAt = new Date(Date.now() + 5.5 * 3_600_000)
    const id = await seedDataflow(db, {
      name: 'StaffPool',
      schedule: '0 2 * * *',
      timezone: 'Europe/Berlin',
      nextRunAt,
    })
    await seedPublished(db, id, await seedRun(db, id))
    const page = await read('/')
    expect(page).toContain('1 dataflow · 1,812 rows')
    expect(page).toMatch(/StaffPool eu-west-1_q9ZkT31aB ✓ Succeeded 3 1,812 just now .+ UTC in 5 h .+ Europe\/Berlin/)
  })

  test('removed ones are gone', async () => {
    await seedDataflow(db, { name: 'OldPool', removedAt: new Date() })
    expect(await read('/')).not.toContain('OldPool')
  })

  test('a failure stands there with what to do, whatever was skipped after it', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    await seedRun(db, id, {
      state: 'failed',
      cause: 'permission-missing',
      description: 'AWS denied cognito-idp:ListGroups. Run `poolkeeper policy StaffPool`.',
    })
    await seedRun(db, id, { state: 'skipped', cause: 'already-running', description: 'Run 1 was still under way.' })
    const page = await read('/')
    expect(page).toContain('✕ Failed AWS denied cognito-idp:ListGroups. Run poolkeeper policy StaffPool .')
    expect(page).not.toContain('Skipped')
  })

  test('what people typed is text, never markup', async () => {
    const id = await seedDataflow(db, { name: 'HostilePool', displayName: '"><script>alert(1)</script><img src=x>' })
    await seedRun(db, id, {
      state: 'failed',
      cause: 'internal',
      requestedBy: '<b onclick=x>mallory</b>',
      description: '</p><script>alert(2)</script> `<i>`',
    })
    for (const path of ['/', '/runs', '/runs/1']) {
      const html = await (await visit(path)).text()
      expect(html).not.toMatch(/<script>|<img src=x|<b onclick|<i>/)
      expect(html).toContain('&lt;script>alert(')
    }
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

  test('about an error shows nothing of its inside', async () => {
    const broken = await visit('/runs/%E0%A4%A')
    expect(broken.status).toBe(400)
    const id = await seedDataflow(db, { name: 'StaffPool' })
    await seedRun(db, id)
    await db.execute('alter table poolkeeper.tasks rename to tusks')
    const response = await visit('/runs/1')
    expect(response.status).toBe(500)
    const page = (await broken.text()) + (await response.text())
    expect(page).toContain('Something unexpected happened')
    expect(page).not.toMatch(/tasks|select|node_modules|Error:| at /)
  })
})
