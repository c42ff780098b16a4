import { beforeAll, beforeEach, expect, test } from 'vitest'
import { findToken } from '../../src/access/token.ts'
import type { Database } from '../../src/db/database.ts'
import { sessions, tokens } from '../../src/db/schema/access.ts'
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
  await db.delete(sessions)
  await db.delete(tokens)
  await db.update(dataflows).set({ removedAt: new Date() })
})

test('a token is made for some dataflows, by their names, and its secret is told once', async () => {
  const { id } = await aBareDataflow(db, { name: 'CustomerPool' })
  const made = await ana('createToken', {
    body: { name: ' crm ', role: 'operator', dataflows: ['customerpool', 'CustomerPool'] },
  })
  expect(made).toMatchObject({ name: 'crm', role: 'operator', personal: false, dataflows: ['CustomerPool'] })
  expect(await findToken(db, made.secret)).toMatchObject({ dataflows: [id], createdBy: 'ana' })
  const { items } = await ana('listTokens', {})
  expect(items).toMatchObject([{ id: made.id, dataflows: ['CustomerPool'], revokedAt: null }])
  expect(JSON.stringify(items)).not.toContain(made.secret)
})

test('a token keeps to the dataflow that it was made for when another one takes its name', async () => {
  const { id } = await aBareDataflow(db, { name: 'CustomerPool' })
  const { secret } = await ana('createToken', { body: { name: 'crm', dataflows: ['CustomerPool'] } })
  await db.update(dataflows).set({ removedAt: new Date() })
  await aBareDataflow(db, { name: 'CustomerPool' })
  expect(await findToken(db, secret)).toMatchObject({ dataflows: [id] })
  expect((await ana('listTokens', {})).items).toMatchObject([{ dataflows: ['CustomerPool'] }])
})

test.each<[string, object, RegExp]>([
  ['without a name', { role: 'viewer' }, /needs a name/],
  ['with a name that steers a terminal', { name: 'crm\u001b[2J' }, /control characters/],
  ['of a role that there is not', { name: 'crm', role: 'root' }, /viewer, operator or admin/],
  ['for no dataflow at all', { name: 'crm', dataflows: [] }, /at least one dataflow/],
  ['for one that there is not', { name: 'crm', dataflows: ['NoSuchPool'] }, /no dataflow NoSuchPool/],
  ['that ends before it begins', { name: 'crm', expiresAt: '2020-01-01T00:00:00Z' }, /expired already/],
  ['that ends some day', { name: 'crm', expiresAt: 'some day' }, /is an instant such as/],
  ['with a hash of its own', { name: 'crm', hash: 'a'.repeat(64) }, /hash/],
])('no token is made %s', async (_how, body, complaint) => {
  await expect(ana('createToken', { body } as never)).rejects.toThrow(complaint)
  expect(await db.$count(tokens)).toBe(0)
})

test('nobody makes a token that may do more than they do', async () => {
  const ben = operationsOf(db, { ...ANA, name: 'ben', personal: false })
  await expect(ben('createToken', { body: { name: 'more', personal: true } })).rejects.toThrow(/may not do more/)
  await expect(ben('createToken', { body: { name: 'more', role: 'admin' } })).rejects.toThrow(/may not do more/)
  expect(await ben('createToken', { body: { name: 'less', role: 'operator' } })).toMatchObject({ personal: false })
})

test('a revoked token stays in the list, and one that there is not is not found', async () => {
  const { id, secret } = await ana('createToken', { body: { name: 'crm' } })
  expect((await ana('revokeToken', { token: id })).revokedAt).not.toBeNull()
  expect(await findToken(db, secret)).toBeUndefined()
  expect((await ana('listTokens', {})).items).toMatchObject([{ id, revokedAt: expect.any(String) }])
  await expect(ana('revokeToken', { token: 999_999 })).rejects.toThrow('There is no token 999999.')
})

test('everybody is told who they are, with their dataflows by name', async () => {
  const { id } = await aBareDataflow(db, { name: 'CustomerPool' })
  const crm = operationsOf(db, { ...ANA, name: 'crm', via: 'token', role: 'viewer', personal: false, dataflows: [id] })
  const me = { name: 'crm', via: 'token', role: 'viewer', personal: false, dataflows: ['CustomerPool'] }
  expect(await crm('whoAmI', {})).toEqual(me)
})
