import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { seedDataflow, seedPublished, seedRun, seedStreams } from './seeds.ts'
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

const refreshes = async (path: string) => (await (await visit(path)).text()).includes('http-equiv="refresh"')

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

describe('a run', () => {
  test('under way shows how far its streams have got, and looks again by itself', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    const run = await seedRun(db, id, { state: 'streaming', finishedAt: null, estimatedUsers: 4_000 })
    await seedStreams(db, id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain('Run 1 ▸ Running')
    expect(page).toMatch(/groups 12 1 of 1 ✓ Staged users 1,801 1 of 2 ▸ Streaming/)
    expect(page).toMatch(/0 1,234 ✓ 1 567/)
    for (const path of ['/', '/runs', `/runs/${run}`]) expect(await refreshes(path)).toBe(true)
  })

  test('that has ended shows what it changed, who asked and where its queues are, and holds still', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    const run = await seedRun(db, id, { requests: 64, throttled: 2, waitedMs: 125_400 })
    await seedPublished(db, id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain('Run 1 ✓ Succeeded')
    expect(page).toContain('users 1,812 12 3 41')
    expect(page).toContain('64 requests · 2 throttled · waited 2 min 5 s for their quota')
    expect(page).toContain('Requested by ana through a command')
    expect(await (await visit(`/runs/${run}`)).text()).toContain('href="/queues"')
    for (const path of ['/', '/runs', `/runs/${run}`]) expect(await refreshes(path)).toBe(false)
  })

  test('that was held is explained, with its figures', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    const description = 'Would remove 41,220 users (38 %). `poolkeeper approve 1` publishes it.'
    const run = await seedRun(db, id, { state: 'held', cause: 'guard', description })
    await seedPublished(db, id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain('‖ Held Queue Would remove 41,220 users (38 %). poolkeeper approve 1')
    expect(page).toContain('users 1,812 12 3 41')
    expect(page).toContain('Cause guard')
  })

  test('that was held and is replaced names the other one, and still shows what it would have changed', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    const description = 'Held, then replaced by run 2, a newer import.'
    const run = await seedRun(db, id, { state: 'cancelled', cause: 'replaced', description })
    await seedPublished(db, id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain('∅ Cancelled Queue Held, then replaced by run 2')
    expect(page).toContain('users 1,812 12 3 41')
  })

  test('that is none is not found', async () => {
    for (const id of ['99', '0', '1e3', '99999999999999999999', 'x', '1%20or%201=1']) {
      const response = await visit(`/runs/${id}`)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('Not found')
    }
  })
})
