import { desc, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { audit } from '../../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { aDataflow, type TestDataflow } from '../../support/dataflows.ts'
import { diffsWaiting } from '../../support/diffs.ts'
import { aHeldImport, aPublishedImport, people, subsSeen } from '../../support/imports.ts'
import { openDashboard } from '../visitor.ts'
import { type Answer, type Program, programOf } from './visitor.ts'

let database: TestDatabase
let operator: Program
let limited: Program
let dataflow: TestDataflow
let first: number
let second: number
let path: string

beforeAll(async () => {
  database = await createTestDatabase()
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  operator = await programOf(url, database.db, { role: 'operator' })
  limited = await programOf(url, database.db, { dataflows: [999] })
  return close
})

beforeEach(async () => {
  dataflow = await aDataflow(database.db, { schedule: '30 2 * * *', nextRunAt: new Date() })
  first = await aPublishedImport(database.db, dataflow, { users: people('ada', 'bob') })
  second = await aPublishedImport(database.db, dataflow, { users: people('ada', 'eve', 'kim') })
  path = `/dataflows/${dataflow.name}`
})

describe('a rollback', () => {
  test('shows the earlier snapshot at once, pauses the schedule, and is written down', async () => {
    const { status, body } = await operator('POST', `${path}/rollback`)
    expect(status).toBe(200)
    expect(body).toEqual({ dataflow: dataflow.name, from: second, to: first, schedulePaused: true })
    expect(await subsSeen(database.db, dataflow)).toEqual(['ada', 'bob'])
    expect((await operator('GET', path)).body).toMatchObject({
      ...{ pauseReason: `rolled back to run ${first}`, version: 2 },
    })
    const [entry] = await database.db.select().from(audit).orderBy(desc(audit.id)).limit(1)
    expect(entry).toMatchObject({ action: 'rollback', target: dataflow.name, details: { from: second, to: first } })
  })

  test('goes where it is told to, and lets the schedule go on if told so', async () => {
    await operator('POST', `${path}/rollback`, { to: first, keepSchedule: true })
    expect(await operator('POST', `${path}/rollback`, { to: second, keepSchedule: true })).toMatchObject({
      body: { from: first, to: second, schedulePaused: false },
    })
    expect((await operator('GET', path)).body).toMatchObject({ pausedAt: null, version: 1 })
  })

  test('is refused to whoever has seen another snapshot published', async () => {
    const refused = await operator('POST', `${path}/rollback`, { from: first, to: second })
    expect(refused).toMatchObject({ status: 412, body: { cause: 'changed-meanwhile' } })
    expect((await operator('POST', `${path}/rollback`, { from: second, to: first })).status).toBe(200)
  })

  test.each([
    [{ to: 'x' }, 400, 'bad-input'],
    [{ run: 1 }, 400, 'bad-input'],
    [{ to: 999_999 }, 404, 'not-found'],
  ])('with %j is refused', async (body, status, cause) => {
    expect(await operator('POST', `${path}/rollback`, body)).toMatchObject({ status, body: { cause } })
  })
})

describe('the snapshots', () => {
  test('are listed newest first, with their tables, and how much longer they are kept', async () => {
    const held = await aHeldImport(database.db, dataflow, { users: people('ada') })
    const { body } = await operator('GET', `${path}/snapshots`)
    expect(body).toMatchObject({
      items: [
        { run: held, state: 'held', published: false, rows: 1, importsLeft: null },
        { run: second, state: 'kept', published: true, rows: 3, importsLeft: null },
        { run: first, state: 'kept', published: false, rows: 2, importsLeft: 6 },
      ],
      next: null,
    })
    expect(body.items[1]).toMatchObject({
      tables: [{ table: 'users', purpose: null, rows: 3, added: 2, removed: 1 }, { table: 'group_members' }],
    })
    expect(body.items[1].bytes).toBeGreaterThan(body.items[1].tables[0].bytes)
  })

  test('are none before the first import', async () => {
    const { name } = await aDataflow(database.db)
    expect((await operator('GET', `/dataflows/${name}/snapshots`)).body).toEqual({ items: [], next: null })
  })
})

describe('a diff', () => {
  test('counts what differs between the published snapshot and the one before', async () => {
    expect(await operator('GET', `${path}/diff`)).toMatchObject({
      status: 200,
      body: {
        ...{ dataflow: dataflow.name, from: first, to: second },
        tables: [
          { table: 'users', rows: 3, added: 2, removed: 1, changed: 0 },
          { table: 'group_members', rows: 0 },
        ],
      },
    })
  })

  test('counts by column in how many rows it differs, those of most rows first', async () => {
    const [ada, eve] = [
      { sub: 'ada', email: 'ada@example.org' },
      { sub: 'eve', email: 'eve@example.org', logins: 7 },
    ]
    const third = await aPublishedImport(database.db, dataflow, { users: [ada, eve, ...people('zoe')] })
    const { body } = await operator('GET', `${path}/diff?from=${second}&to=${third}`)
    expect(body.tables).toMatchObject([
      {
        changed: 2,
        columns: [
          { column: 'email', changed: 2 },
          { column: 'logins', changed: 1 },
        ],
      },
      { table: 'group_members', columns: [] },
    ])
  })

  test('of two that are named, either way round', async () => {
    const { body } = await operator('GET', `${path}/diff?from=${second}&to=${first}`)
    expect(body).toMatchObject({ from: second, to: first, tables: [{ rows: 2, added: 1, removed: 2 }, {}] })
    expect(await operator('GET', `${path}/diff?to=${first}`)).toMatchObject({ status: 404 })
  })
})

test('a diff that nobody waits for any more is given up', async () => {
  const leaving = new AbortController()
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`lock table ${sql.identifier(dataflow.snapshotSchema)}.users in access exclusive mode`)
    const diff = operator('GET', `${path}/diff`, undefined, {}, leaving.signal).catch(() => 'left')
    await vi.waitFor(async () => expect(await diffsWaiting(database.db)).toBe(1))
    leaving.abort()
    expect(await diff).toBe('left')
    await vi.waitFor(async () => expect(await diffsWaiting(database.db)).toBe(0), 10_000)
  })
})

test('four diffs are made at the same time, and more once those are done', async () => {
  const { db } = database
  const diff = () => operator('GET', `${path}/diff`)
  let made: Promise<Answer>[] = []
  await db.transaction(async (tx) => {
    await tx.execute(sql`lock table ${sql.identifier(dataflow.snapshotSchema)}.users in access exclusive mode`)
    made = Array.from({ length: 4 }, diff)
    await vi.waitFor(async () => expect(await diffsWaiting(database.db)).toBe(4))
    expect(await diff()).toMatchObject({ status: 429, body: { cause: 'too-many-requests' } })
  })
  expect((await Promise.all(made)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect((await diff()).status).toBe(200)
})

test('neither is for whoever works with other dataflows', async () => {
  expect((await limited('POST', `${path}/rollback`)).status).toBe(404)
  expect((await limited('GET', `${path}/diff`)).status).toBe(404)
  expect(await subsSeen(database.db, dataflow)).toEqual(['ada', 'eve', 'kim'])
})
