import { beforeAll, beforeEach, expect, test } from 'vitest'
import { recordAudit } from '../../src/access/audit.ts'
import type { Database } from '../../src/db/database.ts'
import { audit } from '../../src/db/schema/access.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { ANA, operationsOf } from '../support/operations.ts'

let db: Database
let ana: ReturnType<typeof operationsOf>

beforeAll(async () => {
  db = (await createTestDatabase()).db
  ana = operationsOf(db)
})

beforeEach(async () => {
  await db.delete(audit)
  await db.update(dataflows).set({ removedAt: new Date() })
})

const entries = async (query = {}) => (await ana('listAudit', query)).items

test('what was done is written down with who did it, from where, and in answer to what', async () => {
  await aBareDataflow(db, { name: 'CustomerPool' })
  const { run } = await ana('requestRun', { name: 'customerpool', body: { dryRun: true } })
  expect(run).toBeGreaterThan(0)
  expect(await entries()).toMatchObject([
    {
      ...{ actor: 'ana', via: 'session', token: null, origin: '203.0.113.9', requestId: 'request-1' },
      ...{ action: 'requestRun', dataflow: 'CustomerPool', details: { dryRun: true } },
    },
  ])
})

test('a change that fails is not written down', async () => {
  await expect(ana('revokeToken', { token: 12 })).rejects.toThrow()
  await expect(ana('createToken', { body: { name: 'crm', dataflows: ['NoSuchPool'] } })).rejects.toThrow()
  expect(await entries()).toEqual([])
})

test('a token’s secret is not in it', async () => {
  const { id, secret } = await ana('createToken', { body: { name: 'crm', role: 'operator' } })
  await ana('revokeToken', { token: id })
  const written = await entries()
  expect(written.map(({ action, target, details }) => [action, target, details.name])).toEqual([
    ['revokeToken', `token ${id}`, 'crm'],
    ['createToken', `token ${id}`, 'crm'],
  ])
  expect(JSON.stringify(written)).not.toContain(secret)
})

test('it is read by dataflow, also of a removed one, by actor, action and time', async () => {
  const old = await aBareDataflow(db, { name: 'CustomerPool' })
  await recordAudit(db, ANA, { action: 'editDataflow', dataflow: old })
  await db.update(dataflows).set({ removedAt: new Date() })
  const other = await aBareDataflow(db, { name: 'StaffPool' })
  await recordAudit(db, { ...ANA, name: 'ben' }, { action: 'rollback', dataflow: other })
  await recordAudit(db, ANA, { action: 'sign-in' })
  const actions = async (query: object) => (await entries(query)).map(({ action }) => action)
  expect(await actions({})).toEqual(['sign-in', 'rollback', 'editDataflow'])
  expect(await actions({ dataflow: 'customerpool' })).toEqual(['editDataflow'])
  expect(await actions({ actor: 'ben' })).toEqual(['rollback'])
  expect(await actions({ action: 'sign-in', actor: 'ana' })).toEqual(['sign-in'])
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  expect(await actions({ since: soon })).toEqual([])
  expect(await actions({ since: '2026-01-01T00:00:00+01:00', until: soon })).toHaveLength(3)
})

test('it is read page by page, each entry once, though more is done meanwhile', async () => {
  for (const action of ['a', 'b', 'c', 'd', 'e']) await recordAudit(db, ANA, { action })
  const first = await ana('listAudit', { limit: 2 })
  await recordAudit(db, ANA, { action: 'f' })
  const second = await ana('listAudit', { limit: 2, cursor: first.next ?? '' })
  const third = await ana('listAudit', { limit: 2, cursor: second.next ?? '' })
  const pages = [first, second, third].map(({ items }) => items.map(({ action }) => action).join(''))
  expect(pages).toEqual(['ed', 'cb', 'a'])
  expect(third.next).toBeNull()
})

test.each([
  ['page', { limit: 201 }],
  ['page', { limit: 0 }],
  ['cursor', { cursor: "1' or true" }],
  ['since', { since: 'yesterday' }],
  ['actr', { actr: 'ana' }],
])('a wrong %s is refused', async (name, query) => {
  await expect(ana('listAudit', query as never)).rejects.toThrow(new RegExp(name, 'i'))
})
