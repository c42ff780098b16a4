import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import { runs } from '../../../src/db/schema/runs.ts'
import { findRun } from '../../../src/run/history.ts'
import { logRun } from '../../../src/run/log.ts'
import { createTestDatabase } from '../../support/database.ts'
import { seedDataflow, seedPublished, seedRun, seedStreams } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let db: Database
let visit: Visitor
let viewer: Visitor
/** A dataflow of each test's own. */
let pool: { readonly id: number; readonly name: string }
let pools = 0

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  visit = await signedIn(dashboard.url, db)
  viewer = await signedInAs(dashboard.url, db, { role: 'viewer' })
  return dashboard.close
})

beforeEach(async () => {
  const name = `Pool${++pools}`
  pool = { id: await seedDataflow(db, { name }), name }
})

/** What a person reads on a page: its text, with one space between words. */
async function read(path: string, visitor = visit): Promise<string> {
  const html = await (await visitor(path)).text()
  return wordsOf(html)
}

const refreshes = async (path: string) => (await (await visit(path)).text()).includes('http-equiv="refresh"')

/** Sends the form of a button. @returns what the page says that it leads to */
async function press(path: string, visitor = visit): Promise<{ readonly to: string; readonly says: string }> {
  const response = await visitor(path, { method: 'POST' })
  expect(response.status).toBe(303)
  const to = response.headers.get('location') ?? ''
  const [, notice = ''] = /poolkeeper-notice=([^;]*)/.exec(response.headers.getSetCookie().join()) ?? []
  return { to, says: Buffer.from(notice, 'base64url').toString() }
}

const description = 'Would remove 41,220 users (38 %). `poolkeeper approve 1` publishes it.'

async function seedHeld(): Promise<number> {
  const run = await seedRun(db, pool.id, { state: 'held', cause: 'guard', description })
  await seedPublished(db, pool.id, run)
  return run
}

describe('a run', () => {
  test('under way shows how far its streams have got and how fast it goes, and looks again by itself', async () => {
    const run = await seedRun(db, pool.id, { state: 'streaming', finishedAt: null, estimatedUsers: 4_000 })
    await seedStreams(db, pool.id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain(`Run ${run} ▸ Running`)
    expect(page).toContain('1,801 users of about 4,000')
    expect(page).toMatch(/30 \/s rows a second/)
    expect(page).toMatch(/1 min 1\d s left · 1 min \d s so far/)
    expect(page).toMatch(/groups – 12 1 of 1 ✓ Staged users – 1,801 1 of 2 ▸ Streaming/)
    expect(page).toMatch(/0 · 100 % 1 · 0 %/)
    for (const path of ['/runs', `/runs/${run}`]) expect(await refreshes(path)).toBe(true)
  })

  test('that has ended shows what it changed, who asked and where its queues are, and holds still', async () => {
    const run = await seedRun(db, pool.id, { requests: 64, throttled: 2, waitedMs: 125_400 })
    await seedPublished(db, pool.id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain(`Run ${run} ✓ Succeeded`)
    expect(page).toContain('users – 1,812 12 3 41')
    expect(page).toContain('64 requests · 2 throttled')
    expect(page).toContain('2 min 5 s for the quota')
    expect(page).toContain('Requested by ana through the dashboard or a command')
    const html = await (await visit(`/runs/${run}`)).text()
    expect(html).toContain('href="/queues"')
    expect(html).toContain(`href="/dataflows/${pool.name}/runs"`)
    expect(await refreshes(`/runs/${run}`)).toBe(false)
  })

  test('tells line by line what happened in it', async () => {
    const run = await seedRun(db, pool.id)
    await logRun(db, run, 'Planned: users.')
    await logRun(db, run, 'users: there are values that `birthdate` can’t hold.', 'warning')
    expect(await read(`/runs/${run}`)).toMatch(
      /Log \d\d:\d\d:\d\d Planned: users\. \d\d:\d\d:\d\d ! users: there are values that birthdate can’t hold\./,
    )
  })

  test('that failed leads to where it is mended', async () => {
    const wrong = { state: 'failed', cause: 'wrong-secret', description: 'The secret is wrong.' } as const
    const run = await seedRun(db, pool.id, wrong)
    expect(await (await visit(`/runs/${run}`)).text()).toContain(`href="/dataflows/${pool.name}/edit"`)
    // a viewer could not edit it
    expect(await (await viewer(`/runs/${run}`)).text()).not.toContain('/edit"')
  })

  test('that is held is explained, and asks by its effect before it is published or dropped', async () => {
    const run = await seedHeld()
    const page = await read(`/runs/${run}`)
    expect(page).toContain('Would remove 41,220 users (38 %). poolkeeper approve 1')
    expect(page).toContain('users – 1,812 12 3 41')
    expect(page).toContain('Cause It would remove too much guard')
    expect(page).toContain(`Publish run ${run}: 3 rows removed, 12 added, 41 changed?`)
    expect(page).toContain(`Discard run ${run}: drop its 1,812 rows?`)
    const seen = await read(`/runs/${run}`, viewer)
    expect(seen).not.toMatch(/Publish run|Discard/)
  })

  test('that was held and is replaced names the other one, and still shows what it would have changed', async () => {
    const replaced = { state: 'cancelled', cause: 'replaced', description: 'Held, then replaced by run 2.' } as const
    const run = await seedRun(db, pool.id, replaced)
    await seedPublished(db, pool.id, run)
    const page = await read(`/runs/${run}`)
    expect(page).toContain('Held, then replaced by run 2')
    expect(page).toContain('users – 1,812 12 3 41')
  })

  test('that is none is not found', async () => {
    for (const id of ['999999', '0', '1e3', '99999999999999999999', 'x', '1%20or%201=1']) {
      const response = await visit(`/runs/${id}`)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('Not found')
    }
  })
})

describe('what is decided about a run', () => {
  test('a cancel ends it, and says so on its page', async () => {
    const run = await seedRun(db, pool.id, { state: 'streaming', finishedAt: null })
    expect(await read(`/runs/${run}`)).toContain(`Cancel run ${run}: drop the 0 rows that it has read?`)
    expect(await press(`/runs/${run}/cancel`)).toEqual({
      to: `/runs/${run}`,
      says: expect.stringContaining(`Run ${run} is cancelled`),
    })
    expect(await findRun(db, run)).toMatchObject({ state: 'cancelled', description: 'Cancelled by ana.' })
    expect(await read(`/runs/${run}`)).toMatch(/Log \d\d:\d\d:\d\d Cancelled by ana\./)
  })

  test('a discard drops what is held', async () => {
    const run = await seedHeld()
    expect(await press(`/runs/${run}/discard`)).toMatchObject({ to: `/runs/${run}` })
    expect(await findRun(db, run)).toMatchObject({ state: 'cancelled', cause: 'discarded' })
  })

  test('a retry leads to the run that it makes', async () => {
    const run = await seedRun(db, pool.id, { state: 'failed', cause: 'network', description: 'The network failed.' })
    expect(await read(`/runs/${run}`)).toContain('Retry')
    const { to } = await press(`/runs/${run}/retry`)
    expect(to).not.toBe(`/runs/${run}`)
    expect(await read(to)).toContain('◦ Queued')
  })

  test('what can not be done any more leads back and changes nothing', async () => {
    const run = await seedRun(db, pool.id)
    expect(await press(`/runs/${run}/approve`)).toMatchObject({ says: expect.stringContaining('is not held') })
    expect(await findRun(db, run)).toMatchObject({ state: 'succeeded' })
  })

  test.each(['cancel', 'approve', 'discard', 'retry'])('a viewer can not %s, whatever they send', async (verb) => {
    const run = await seedHeld()
    await viewer(`/runs/${run}/${verb}`, { method: 'POST' })
    expect(await findRun(db, run)).toMatchObject({ state: 'held' })
  })
})

describe('Run History', () => {
  const history = (query = '') => read(`/dataflows/${pool.name}/runs${query}`)

  test('says how to begin where nothing has run, and which filters are in the way', async () => {
    expect(await history()).toContain('Nothing has run yet')
    expect(await history('?state=failed')).toContain(`No run of ${pool.name} is like that. Clear filters`)
  })

  test('shows each run with what came of it', async () => {
    const run = await seedRun(db, pool.id, { requests: 64, throttled: 2, trigger: 'schedule' })
    await seedPublished(db, pool.id, run)
    expect(await history()).toMatch(
      new RegExp(`Run ${run} ${pool.name} ✓ Succeeded by its schedule – 1,812 \\+12 −3 ~41 64 2 throttled 1 min 0 s`),
    )
  })

  test('is that of one dataflow, or of all', async () => {
    const run = await seedRun(db, pool.id)
    const other = await seedRun(db, await seedDataflow(db, { name: `${pool.name}Other` }))
    const row = (id: number) => `Run ${id} `
    expect(await history()).toContain(row(run))
    expect(await history()).not.toContain(row(other))
    expect(await read('/runs')).toContain(row(other))
    expect((await visit('/dataflows/NoSuchPool/runs')).status).toBe(404)
  })

  test('is filtered by what stands in the address, and remembers it in its form', async () => {
    const failed = await seedRun(db, pool.id, { state: 'failed', cause: 'throttled', description: 'Throttled.' })
    const old = await seedRun(db, pool.id, { requestedAt: new Date('2026-01-05T12:00Z') })
    const found = async (query: string) => {
      const html = await (await visit(`/dataflows/${pool.name}/runs?${query}`)).text()
      return [failed, old].filter((run) => html.includes(`id="run-${run}"`))
    }
    expect(await found('')).toEqual([failed, old])
    expect(await found('state=failed,held')).toEqual([failed])
    expect(await found('cause=throttled&trigger=manual')).toEqual([failed])
    expect(await found('within=24h')).toEqual([failed])
    expect(await found('from=2026-01-05&to=2026-01-05')).toEqual([old])
    expect(await found('to=2026-01-04')).toEqual([])
    const html = await (await visit(`/runs?within=7d&state=held`)).text()
    expect(html).toMatch(/<option value="7d" selected>/)
    expect(html).toMatch(/<option value="held" selected>/)
    expect((await visit('/runs?state=nonsense')).status).toBe(400)
  })

  test('goes on page by page, and keeps what is looked for', async () => {
    for (let n = 0; n < 51; n++) await seedRun(db, pool.id, { requests: n })
    const html = await (await visit(`/dataflows/${pool.name}/runs?state=succeeded`)).text()
    const [, older = ''] = /href="([^"]*cursor=[^"]*)">Older runs/.exec(html) ?? []
    expect(older).toContain('state=succeeded')
    const next = await read(older.replaceAll('&amp;', '&'))
    expect(next.match(/✓ Succeeded/g)).toHaveLength(1)
    expect(next).toContain('Newest runs')
    expect(next).not.toContain('Older runs')
  })

  test('begins with what went wrong, by cause, first what a person must do something about', async () => {
    const missing = { state: 'failed', cause: 'permission-missing', description: 'AWS denied `ListGroups`.' } as const
    await seedRun(db, pool.id, { state: 'failed', cause: 'network', description: 'The network failed.' })
    const last = await seedRun(db, pool.id, missing)
    const page = await history()
    expect(page).toContain('What went wrong in the last 7 days')
    expect(page).toMatch(
      new RegExp(
        `! Needs a person A permission is missing : 1 run AWS denied ListGroups . Still so: ${pool.name}, run ${last}`,
      ),
    )
    expect(page).toMatch(/And 1 cause that is over ✓ Over The network failed/)
    await seedRun(db, pool.id)
    expect(await history()).toMatch(/2 causes that are over/)
  })

  test('lets a failed run be tried again, by who may', async () => {
    const run = await seedRun(db, pool.id, { state: 'failed', cause: 'network', description: 'The network failed.' })
    const form = `action="/runs/${run}/retry"`
    expect(await (await visit(`/dataflows/${pool.name}/runs`)).text()).toContain(form)
    expect(await (await viewer(`/dataflows/${pool.name}/runs`)).text()).not.toContain(form)
  })

  test('goes into a file with the same filters', async () => {
    const run = await seedRun(db, pool.id, { state: 'failed', cause: 'network', description: '=1+1' })
    await seedRun(db, pool.id)
    const html = await (await visit(`/dataflows/${pool.name}/runs?state=failed`)).text()
    const [, href = ''] = /href="([^"]*)" download/.exec(html) ?? []
    const file = await visit(href.replaceAll('&amp;', '&'))
    expect(file.headers.get('content-disposition')).toContain(`${pool.name}.runs.csv`)
    const lines = (await file.text()).trim().split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(new RegExp(`^${run},${pool.name},failed,network,'=1\\+1,manual,ana,`))
  })

  test('shows what people typed as text, never as markup', async () => {
    const hostile = '</p><script>alert(2)</script> `<i>`'
    const run = await seedRun(db, pool.id, {
      ...{ state: 'failed', cause: 'internal', requestedBy: '<b onclick=x>mallory</b>', description: hostile },
      notes: ['<img src=x>'],
    })
    await logRun(db, run, '<u>', 'warning')
    for (const path of [`/dataflows/${pool.name}/runs`, `/runs/${run}`, '/runs?cause="><script>']) {
      const html = await (await visit(path)).text()
      expect(html).not.toMatch(/<script>|<img src=x|<b onclick|<i>|<u>/)
    }
    await db.update(runs).set({ description: null, notes: [] }).where(eq(runs.id, run))
  })
})
