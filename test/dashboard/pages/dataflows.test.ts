import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import { dataflows } from '../../../src/db/schema/dataflows.ts'
import { createTestDatabase } from '../../support/database.ts'
import { seedDataflow, seedPublished, seedRun } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let db: Database
let url: string
let visit: Visitor

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  visit = await signedIn(url, db)
  return dashboard.close
})

beforeEach(async () => {
  await db.execute('truncate poolkeeper.dataflows restart identity cascade')
})

/** What a person reads on a page: its text, with one space between words. */
async function read(path: string, visitor = visit): Promise<string> {
  const html = await (await visitor(path)).text()
  return wordsOf(html)
}

const html = async (path: string, visitor = visit) => (await visitor(path)).text()

const FAILED = {
  state: 'failed',
  cause: 'permission-missing',
  description: 'AWS denied cognito-idp:ListGroups. Run `poolkeeper policy StaffPool`.',
} as const

describe('the list of dataflows', () => {
  test('that is empty says how to begin, to whoever may', async () => {
    expect(await read('/')).toContain('No dataflows yet. Import a Cognito user pool into Postgres. New Dataflow')
    const viewer = await signedInAs(url, db, { role: 'viewer' })
    expect(await read('/', viewer)).toContain('No dataflows yet. Import a Cognito user pool into Postgres. An admin')
    expect(await html('/', viewer)).not.toContain('/dataflows/new')
  })

  test('shows of each its pool, type, status, tables, rows and times', async () => {
    const nextRunAt = new Date(Date.now() + 5.5 * 3_600_000)
    const seed = { name: 'StaffPool', schedule: '0 2 * * *', timezone: 'Europe/Berlin', nextRunAt, tags: ['eu'] }
    const id = await seedDataflow(db, seed)
    await seedPublished(db, id, await seedRun(db, id))
    await seedRun(db, id, FAILED)
    await seedRun(db, id, { state: 'skipped', cause: 'already-running', description: 'Run 1 was still under way.' })
    const page = await read('/')
    expect(page).toContain('1 dataflow · 1,812 rows')
    expect(page).toMatch(
      /StaffPool eu-west-1_q9ZkT31aB eu AWS Cognito ✕ Failed AWS denied cognito-idp:ListGroups\. Run poolkeeper policy StaffPool \. 3 1,812 /,
    )
    expect(page).toMatch(/just now \d+ \w+, [\d:]+ in 5 h .+ Europe\/Berlin .+ Times are in UTC\./)
    expect(page).not.toContain('Skipped')
  })

  test('shows how far one is that runs, and looks again by itself until it has ended', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool' })
    await seedRun(db, id, { state: 'queued', startedAt: null, finishedAt: null })
    expect(await read('/')).toContain('◦ Queued')
    expect(await html('/')).toContain('hx-trigger="every 2s"')
    await db.execute(`update poolkeeper.runs set state = 'succeeded', finished_at = now()`)
    expect(await html('/')).not.toContain('hx-trigger')
  })

  test('is searched, filtered, sorted and grouped by its address', async () => {
    const staff = await seedDataflow(db, { name: 'StaffPool', tags: ['eu'] })
    await seedRun(db, staff, FAILED)
    await seedDataflow(db, { name: 'CustomerPool' })
    expect(await read('/?search=staff')).toContain('1 dataflow')
    expect(await read('/?search=nobody')).toContain('No dataflow matches “nobody”. Clear filters')
    expect(await read('/?status=failed')).not.toContain('CustomerPool')
    expect(await read('/?group=status')).toMatch(/Needs a person · 1 StaffPool.+New · 1 CustomerPool/)
    expect(await read('/?group=tag')).toMatch(/eu · 1 StaffPool.+No tag · 1 CustomerPool/)
    expect(await read('/?sort=-name')).toMatch(/Name ↓.+StaffPool.+CustomerPool/)
    expect((await visit('/?sort=password')).status).toBe(400)
  })

  test('folds a group by its heading, and keeps it folded in what leads on', async () => {
    await seedRun(db, await seedDataflow(db, { name: 'StaffPool', tags: ['eu', 'prod'] }), FAILED)
    await seedDataflow(db, { name: 'CustomerPool' })
    const folded = '/?group=status&folded=new'
    expect(await html('/?group=status')).toContain(
      `href="${folded.replace('&', '&amp;')}#group-1" aria-expanded="true"`,
    )
    expect(await read(folded)).toMatch(/2 dataflows .+Needs a person · 1 StaffPool.+▸ New · 1/)
    expect(await read(folded)).not.toContain('CustomerPool')
    const page = await html(folded)
    expect(page).toContain('href="/?group=status#group-1" aria-expanded="false"')
    expect(page).toContain('href="/?sort=-rows&amp;group=status&amp;folded=new"')
    expect(page).toContain('<input type="hidden" name="folded" value="new"/>')
  })

  test('opens each menu of a dataflow that stands there twice', async () => {
    await seedDataflow(db, { name: 'StaffPool', tags: ['eu', 'prod'] })
    const page = await html('/?group=tag')
    const opened = [...page.matchAll(/popovertarget="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(opened).size).toBe(2)
    for (const id of opened) expect(page.split(`id="${id}"`)).toHaveLength(2)
  })

  test('goes on on another page, which keeps the view', async () => {
    for (let n = 10; n < 61; n++) await seedDataflow(db, { name: `Pool${n}` })
    const first = await html('/?group=status')
    expect(first).not.toContain('Pool60')
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first) ?? []
    expect(next).toContain('group=status')
    expect(await read(next.replaceAll('&amp;', '&'))).toMatch(/New · 51 Pool60/)
  })
})

describe('the menu of a dataflow', () => {
  const post = (path: string, visitor = visit) => visitor(path, { method: 'POST' })
  const actions = async (visitor = visit) =>
    [...(await html('/', visitor)).matchAll(/(?:href|action)="\/(?:dataflows\/StaffPool|runs\/\d+)\/(\w+)"/g)].map(
      ([, verb]) => verb,
    )

  test('has what somebody’s role allows, as the dataflow stands', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool', schedule: '0 2 * * *', nextRunAt: new Date() })
    expect(await actions()).toEqual(['edit', 'run', 'pause', 'runs', 'remove'])
    await seedPublished(db, id, await seedRun(db, id))
    await seedRun(db, id, { state: 'queued', startedAt: null, finishedAt: null })
    expect(await actions(await signedInAs(url, db, { role: 'operator' }))).toEqual(['cancel', 'rollback', 'runs'])
    expect(await actions(await signedInAs(url, db, { role: 'viewer' }))).toEqual(['runs'])
  })

  test('runs it, and leads to the run', async () => {
    await seedDataflow(db, { name: 'StaffPool' })
    const { status, headers } = await post('/dataflows/StaffPool/run')
    expect([status, headers.get('location')]).toEqual([303, '/runs/1'])
    expect((await post('/dataflows/StaffPool/run')).headers.get('location')).toMatch(/^\/runs\/[2-9]$/)
    expect(await read('/runs')).toContain('Skipped')
  })

  test('pauses its schedule by name, and takes it up again', async () => {
    const id = await seedDataflow(db, { name: 'StaffPool', schedule: '0 2 * * *', nextRunAt: new Date() })
    const pausedBy = async () => (await db.select().from(dataflows).where(eq(dataflows.id, id)))[0]?.pauseReason
    expect((await post('/dataflows/StaffPool/pause')).headers.get('location')).toBe('/dataflows/StaffPool')
    expect(await pausedBy()).toBe('by ana')
    expect(await read('/')).toContain('‖ Paused by ana')
    await post('/dataflows/StaffPool/resume')
    expect(await read('/')).not.toContain('Paused by ana')
  })

  test('refuses whoever may not, and goes back with the reason', async () => {
    await seedDataflow(db, { name: 'StaffPool' })
    const viewer = await signedInAs(url, db, { role: 'viewer' })
    const { status, headers } = await viewer('/dataflows/StaffPool/run', {
      method: 'POST',
      headers: { referer: `${url}/?group=status` },
    })
    expect([status, headers.get('location')]).toEqual([303, '/?group=status'])
    expect(await db.execute('select from poolkeeper.runs')).toHaveLength(0)
  })
})
