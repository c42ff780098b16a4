import { beforeAll, describe, expect, test } from 'vitest'
import { logRun } from '../../../src/run/log.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { aRun } from '../../support/runs.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let database: TestDatabase
let viewer: Program
let limited: Program
let ids: Readonly<Record<'failed' | 'nightly' | 'queued' | 'other', number>>

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  const [id, otherId] = [await seedDataflow(db, { name: 'CustomerPool' }), await seedDataflow(db, { name: 'Partners' })]
  const old = { requestedAt: new Date('2026-11-01T12:00Z'), cause: 'throttled' }
  ids = {
    failed: await aRun(db, { id }, 'failed', old),
    nightly: await aRun(db, { id }, 'succeeded', { trigger: 'schedule' }),
    queued: await aRun(db, { id }, 'queued'),
    other: await aRun(db, { id: otherId }, 'cancelled', { cause: 'cancelled' }),
  }
  viewer = await programOf(url, db, { role: 'viewer' })
  limited = await programOf(url, db, { role: 'viewer', dataflows: [otherId] })
  return close
})

async function listed(program: Program, path: string): Promise<number[]> {
  const { body } = await program('GET', path)
  return body.items.map(({ run }: { run: number }) => run)
}

describe('the history', () => {
  test('is read page by page, newest first, whatever comes meanwhile', async () => {
    const first = await viewer('GET', '/runs?limit=2')
    expect(first.body.items).toMatchObject([{ run: ids.other }, { run: ids.queued }])
    const second = await viewer('GET', `/runs?limit=2&cursor=${first.body.next}`)
    expect(second.body).toMatchObject({ items: [{ run: ids.nightly }, { run: ids.failed }], next: null })
  })

  test('of one dataflow has its runs alone', async () => {
    expect(await listed(viewer, '/dataflows/customerpool/runs')).toEqual([ids.queued, ids.nightly, ids.failed])
    expect(await viewer('GET', '/dataflows/customerpol/runs')).toMatchObject({
      status: 404,
      body: { cause: 'not-found', remedy: 'Did you mean CustomerPool?' },
    })
  })

  test.each([
    ['state=failed', ['failed']],
    ['state=failed,queued', ['queued', 'failed']],
    ['state=failed&state=queued', ['queued', 'failed']],
    ['cause=throttled', ['failed']],
    ['trigger=schedule', ['nightly']],
    ['since=2026-11-02', ['other', 'queued', 'nightly']],
    ['until=2026-11-01T14:00:00%2B02:00', []],
    ['until=2026-11-02T00:00:00Z&state=failed', ['failed']],
  ] as const)('with %s has those', async (filter, expected) => {
    expect(await listed(viewer, `/runs?${filter}`)).toEqual(expected.map((name) => ids[name]))
  })

  test.each([
    ['state=done', /There is no state done; choose among queued, .*, held\./],
    ['trigger=cron', /There is no trigger cron; choose among schedule, manual/],
    ['since=yesterday', /Since must look like 2026-11-24 or 2026-11-24T02:30:00Z/],
    ['until=0000-01-01', /Until must look like/],
    ['limit=0', /A page holds 1 to 200 items/],
    ['limit=many', /A page holds 1 to 200 items/],
    ['cursor=made-up', /This cursor is none of ours; begin without one/],
    [`cursor=${Buffer.from('"1; drop table"').toString('base64url')}`, /This cursor is none of ours/],
    ['sate=failed', /Unrecognized key: "\?sate"/],
    ['__proto__[x]=1', /Unrecognized key/],
  ])('with %s is a problem that says what there is', async (filter, detail) => {
    const { status, body } = await viewer('GET', `/runs?${filter}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ cause: 'bad-input', detail: expect.stringMatching(detail) })
  })

  test('of all has that of one dataflow as a filter', async () => {
    expect(await listed(viewer, '/runs?dataflow=partners')).toEqual([ids.other])
    expect(await viewer('GET', '/runs?dataflow=Partner')).toMatchObject({ status: 404 })
    expect(await limited('GET', '/runs?dataflow=CustomerPool')).toMatchObject({ status: 404 })
  })

  test('is written into a file, one run a line, without those that somebody may not see', async () => {
    const { headers, body } = await viewer('GET', '/runs/export?format=ndjson&state=failed,cancelled')
    expect(headers.get('content-disposition')).toContain('all.runs.ndjson')
    const lines = body.trim().split('\n')
    expect(lines.map((line: string) => JSON.parse(line).run)).toEqual([ids.other, ids.failed])
    expect((await limited('GET', '/runs/export')).body.trim().split('\r\n')).toHaveLength(2)
  })

  test('tells why runs failed to whoever may see them, and what happened in a run', async () => {
    expect((await viewer('GET', '/failures')).body.items).toMatchObject([{ cause: 'throttled', lastRun: ids.failed }])
    expect((await limited('GET', '/failures')).body.items).toEqual([])
    await logRun(database.db, ids.failed, 'Throttled.', 'warning')
    const { body } = await viewer('GET', `/runs/${ids.failed}/log`)
    expect(body.items).toMatchObject([{ level: 'warning', message: 'Throttled.' }])
    expect(await limited('GET', `/runs/${ids.failed}/log`)).toMatchObject({ status: 404 })
  })

  test('holds for whoever may see some dataflows nothing of the others', async () => {
    expect(await listed(limited, '/runs')).toEqual([ids.other])
    expect(await limited('GET', `/runs/${ids.failed}`)).toMatchObject({
      status: 404,
      body: { detail: `There is no run ${ids.failed}.` },
    })
    const hidden = await limited('GET', '/dataflows/CustomerPool/runs')
    expect(hidden.body).toMatchObject({ status: 404, detail: 'There is no dataflow CustomerPool.' })
    expect(hidden.body.remedy).not.toContain('CustomerPool')
  })
})

describe('the dataflows', () => {
  test('are read page by page, by name', async () => {
    const first = await viewer('GET', '/dataflows?limit=1')
    expect(first.body.items).toMatchObject([{ name: 'CustomerPool', lastRun: { id: ids.queued } }])
    const second = await viewer('GET', `/dataflows?limit=1&cursor=${first.body.next}`)
    expect(second.body).toMatchObject({ items: [{ name: 'Partners', lastRun: { state: 'cancelled' } }], next: null })
  })

  test('are those that somebody may see', async () => {
    expect((await limited('GET', '/dataflows')).body.items).toMatchObject([{ name: 'Partners' }])
  })
})
