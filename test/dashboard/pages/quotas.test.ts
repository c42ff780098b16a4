import { beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { aRun } from '../../support/runs.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let database: TestDatabase
let url: string
let visit: Visitor

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  const id = await seedDataflow(database.db, { name: 'CustomerPool' })
  await aRun(database.db, { id }, 'succeeded', { accountId: '123456789012', poolId: 'eu-west-1_A' })
  return dashboard.close
})

const read = async (path: string, visitor = visit) => wordsOf(await (await visitor(path)).text())

const send = (path: string, fields: Record<string, string>) =>
  visit(path, { method: 'POST', body: new URLSearchParams(fields) })

test('the quotas are shown at once, and what goes out is measured by a second look', async () => {
  await vi.waitFor(async () => {
    const first = await (await visit('/quotas')).text()
    expect(wordsOf(first)).toMatch(
      /UserList 123456789012 · eu-west-1 27\/s 90 % of the 30\/s that AWS documents measuring…/,
    )
    expect(first).toContain('hx-get="/quotas?look=twice"')
  }, 10_000)
  expect(await read('/quotas?look=twice')).toMatch(/UserList .+? documents 0\/s 0 requests/)
})

test('a share is set and taken back by a form, and a wrong one is told without losing what was typed', async () => {
  const wrong = await send('/quotas', { account: '123456789012', category: 'UserList', share: '150' })
  expect(wrong.status).toBe(422)
  const again = await wrong.text()
  expect(again).toMatch(/<title>Error: Quotas/)
  expect(wordsOf(again)).toContain('There is a problem The share must be a number above 0 and at most 1')
  expect(again).toMatch(/value="150"/)
  expect(again).toMatch(/<option value="123456789012" selected/)

  expect((await send('/quotas', { account: '123456789012', category: 'UserList', share: '50' })).status).toBe(303)
  expect(await read('/quotas')).toMatch(
    /15\/s 50 % of the 30\/s.+Shares that are set.+123456789012 UserList 50 % Take back/,
  )
  expect((await send('/quotas/unset', { account: '123456789012', category: 'UserList' })).status).toBe(303)
  expect(await read('/quotas')).toContain('None: 90 % of every quota may be used.')
})

test('whoever may not set a share is not asked for one', async () => {
  expect(await read('/quotas', await signedInAs(url, database.db, { role: 'viewer' }))).not.toContain('Set a share')
})
