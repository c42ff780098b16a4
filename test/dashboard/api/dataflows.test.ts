import { desc, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { audit } from '../../../src/db/schema/access.ts'
import { example, SECRET } from '../../dataflow/examples.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { testRedisUrl } from '../../support/redis.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let database: TestDatabase
let url: string
let admin: Program
let made = 0
let path: string

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({
    databaseUrl: database.url,
    redisUrl: await testRedisUrl(),
    keys: freshKeys(),
  })
  url = dashboard.url
  admin = await programOf(url, database.db)
  return dashboard.close
})

const create = (changes = {}) => admin('POST', '/dataflows', example({ name: `Pool${++made}`, ...changes }))

beforeEach(async () => {
  const { body } = await create()
  path = `/dataflows/${body.name}`
})

async function lastEntry() {
  const [entry] = await database.db.select().from(audit).orderBy(desc(audit.id)).limit(1)
  return entry
}

describe('a dataflow', () => {
  test('is created with its views, shown without its secret, and written down', async () => {
    const { status, headers, body } = await create({ name: 'Customers', schedule: '30 2 * * *' })
    expect(status).toBe(201)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toMatchObject({
      ...{ name: 'Customers', schema: 'customers', nextRunAt: expect.any(String), lastRun: null, rows: null },
      credentials: { kind: 'access-key', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    })
    expect(JSON.stringify(body)).not.toContain(SECRET)
    expect(await database.db.execute(sql`select from customers.users`)).toEqual([])
    const entry = await lastEntry()
    expect(entry).toMatchObject({ action: 'createDataflow', target: 'Customers', dataflowId: body.id })
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`${SECRET}|AKIA`))
  })

  test('of a name that is taken is a conflict, and all that is wrong with one is told at once', async () => {
    expect(await admin('POST', '/dataflows', example({ name: 'pool1' }))).toMatchObject({
      status: 409,
      body: { cause: 'conflict', detail: 'There is already a dataflow pool1 (its case does not matter).' },
    })
    const { status, body } = await create({ name: '1st', schedule: 'never', timezone: 'Mars/Olympus' })
    expect(status).toBe(400)
    expect(body.detail).toMatch(/name.*(schedule|cron).*time zone/is)
  })

  test('is edited where its ETag is the one that was read', async () => {
    const { headers } = await admin('GET', path)
    const ifMatch = { 'if-match': headers.get('etag') ?? '' }
    const edited = await admin('PATCH', path, { description: 'All customers' }, ifMatch)
    expect(edited).toMatchObject({ status: 200, body: { description: 'All customers', version: 2 } })
    expect(edited.headers.get('etag')).toBe('"2"')
    expect(await lastEntry()).toMatchObject({ action: 'editDataflow', details: { settings: ['description'] } })
    expect(await admin('PATCH', path, { description: 'Some' }, ifMatch)).toMatchObject({
      status: 412,
      body: { cause: 'changed-meanwhile', detail: expect.stringContaining('has been changed since you read it') },
    })
    expect((await admin('GET', path)).body).toMatchObject({ description: 'All customers', version: 2 })
  })

  test.each(['*', '"7", "1"', ' "1" '])('is edited with If-Match %s', async (ifMatch) => {
    expect((await admin('PATCH', path, { keepSnapshots: 3 }, { 'if-match': ifMatch })).status).toBe(200)
  })

  test.each(['W/"1"', '"x"', '1', '"01"x', '""'])('is not edited with If-Match %s', async (ifMatch) => {
    expect((await admin('PATCH', path, { keepSnapshots: 3 }, { 'if-match': ifMatch })).status).toBe(412)
  })

  test('that ten people edit at the same time is edited by one of them', async () => {
    const edits = Array.from({ length: 10 }, (_, n) =>
      admin('PATCH', path, { description: `By ${n}` }, { 'if-match': '"1"' }),
    )
    const answered = (await Promise.all(edits)).map(({ status }) => status)
    expect(answered.toSorted()).toEqual([200, ...Array(9).fill(412)])
    expect((await admin('GET', path)).body).toMatchObject({ version: 2 })
  })

  test('is answered in full also where its ETag is known, because its last run changes without it', async () => {
    const { status, body } = await admin('GET', path, undefined, { 'if-none-match': '"1"' })
    expect({ status, body }).toMatchObject({ status: 200, body: { version: 1 } })
  })

  test('is not edited by nothing, nor by what is no setting', async () => {
    expect(await admin('PATCH', path, {})).toMatchObject({
      status: 400,
      body: { detail: 'There is nothing to change.' },
    })
    const { status, body } = await admin('PATCH', path, { name: 'Other', credentials: { ...ROLE, externalId: 'mine' } })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/externalId.*name/s) },
    })
  })

  test('is removed for good, unless it has been changed since it was read', async () => {
    await admin('PATCH', path, { description: 'Still in use' })
    expect((await admin('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412)
    const name = path.split('/').at(-1)
    expect(await admin('DELETE', path)).toMatchObject({ status: 200, body: { removed: name } })
    expect(await lastEntry()).toMatchObject({ action: 'removeDataflow', target: name, dataflowId: expect.any(Number) })
    expect((await admin('GET', path)).status).toBe(404)
  })

  test('can be neither seen nor changed by whoever works with others, and none created', async () => {
    const limited = await programOf(url, database.db, { dataflows: [999] })
    for (const answer of [
      await limited('GET', path),
      await limited('PATCH', path, { description: 'Mine' }),
      await limited('DELETE', path),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { remedy: 'See `poolkeeper dataflow list`.' } })
    }
    expect(await limited('POST', '/dataflows', example({ name: 'Mine' }))).toMatchObject({ status: 403 })
  })
})

const ROLE = { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/poolkeeper' }
