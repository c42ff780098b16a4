import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { seedDataflow, seedRun } from './seeds.ts'
import { openDashboard, signedIn, type Visitor } from './visitor.ts'

let db: Database
let visit: Visitor

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  visit = await signedIn(dashboard.url, db)
  return dashboard.close
})

describe('every page', () => {
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
    // the last test of the file: nothing works after it
    await db.execute('alter table poolkeeper.tasks rename to tusks')
    const response = await visit('/runs/1')
    expect(response.status).toBe(500)
    const page = (await broken.text()) + (await response.text())
    expect(page).toContain('Something unexpected happened')
    expect(page).not.toMatch(/tasks|select|node_modules|Error:| at /)
  })
})
