import { beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Answer, programOf } from './api/visitor.ts'
import { openDashboard, stranger } from './visitor.ts'

let database: TestDatabase
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  return dashboard.close
})

test('a token that asks without end is told to wait, and nobody else is', async () => {
  const [busy, other] = [await programOf(url, database.db), await programOf(url, database.db)]
  const answers: Answer[] = []
  const ask = async () => {
    while (answers.length < 600) answers.push(await busy('GET', '/me'))
  }
  await Promise.all(Array.from({ length: 20 }, ask))
  const answered = answers.filter(({ status }) => status === 200)
  expect(answered).toHaveLength(600)
  const refused = await busy('GET', '/me')
  expect(refused).toMatchObject({ status: 429, body: { cause: 'too-many-requests', title: 'Too Many Requests' } })
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect(refused.headers.get('ratelimit')).toContain('r=0')
  expect((await other('GET', '/me')).status).toBe(200)
})

test.each(['/sign-in', '/sign-in/token'])('who keeps trying to sign in at %s is told to wait', async (path) => {
  const dashboard = await openDashboard({ databaseUrl: database.url })
  const attempt = () =>
    stranger(dashboard.url)(path, { method: 'POST', body: new URLSearchParams({ token: 'pk_guess' }) })
  const answers = await Promise.all(Array.from({ length: 31 }, attempt))
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(30).fill(401), 429])
  await dashboard.close()
})
