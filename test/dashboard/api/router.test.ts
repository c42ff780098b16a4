import { beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf, programWith } from './visitor.ts'

let database: TestDatabase
let url: string
let admin: Program

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  admin = await programOf(url, database.db)
  await seedDataflow(database.db, { name: 'CustomerPool' })
  return dashboard.close
})

test('a program requests a run with its token and reads it', async () => {
  const { status, body } = await admin('POST', '/dataflows/customerpool/runs', { priority: 'nightly' })
  expect(status).toBe(202)
  expect(body).toMatchObject({ dataflow: 'CustomerPool', state: 'queued', trigger: 'api', priority: 'nightly' })
  expect(await admin('GET', `/runs/${body.run}`)).toMatchObject({
    status: 200,
    body: { requestedBy: 'nightly-report' },
  })
})

test('what is wrong is told as a problem, with all of it at once and what to do', async () => {
  const { status, headers, body } = await admin('POST', '/dataflows/customerpool/runs', { priority: 'now', tabels: [] })
  expect(status).toBe(400)
  expect(headers.get('content-type')).toContain('application/problem+json')
  expect(body).toMatchObject({ status: 400, title: 'Bad Request', cause: 'bad-input' })
  expect(body.detail).toMatch(/priority.*tabels/)
  expect(body.requestId).toBe(headers.get('x-request-id'))
})

test('a viewer can not change anything', async () => {
  const viewer = await programOf(url, database.db, { role: 'viewer' })
  expect(await viewer('GET', '/dataflows')).toMatchObject({ status: 200, body: { items: [{ name: 'CustomerPool' }] } })
  expect(await viewer('POST', '/dataflows/customerpool/runs', {})).toMatchObject({
    status: 403,
    body: { cause: 'forbidden' },
  })
})

test('a token that nobody made opens nothing', async () => {
  expect(await programWith(url, 'pk_made-up')('GET', '/dataflows')).toMatchObject({ status: 401 })
})
