import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCredentials } from '../../src/dataflow/credentials.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { pruneDrafts } from '../../src/dataflow/pruneDrafts.ts'
import { checkKeys, rotateKeys } from '../../src/dataflow/sealedSecrets.ts'
import type { Database } from '../../src/db/database.ts'
import { drafts } from '../../src/db/schema/drafts.ts'
import { createTestDatabase } from '../support/database.ts'
import { ANA, operationsOf } from '../support/operations.ts'
import { ACCESS_KEY, example, ROLE, SECRET } from './examples.ts'
import { freshKeys } from './keys.ts'

const keys = freshKeys()
let db: Database
let ana: ReturnType<typeof operationsOf>
let made = 0

beforeAll(async () => {
  db = (await createTestDatabase()).db
  ana = operationsOf(db, ANA, keys)
})

beforeEach(async () => {
  await db.delete(drafts)
})

/** A draft with everything that it takes, but for what a test wants otherwise. */
const begin = (changes = {}) => ana('createDraft', { body: { ...example({ name: `Pool${++made}` }), ...changes } })

const stored = async (id: number) => (await db.select().from(drafts).where(eq(drafts.id, id)))[0]

describe('a draft', () => {
  test('keeps what was answered, a piece at a time', async () => {
    const { id } = await ana('createDraft', { body: { name: 'Piecemeal' } })
    await ana('editDraft', { draft: id, body: { poolId: 'eu-central-1_AbCdEf123' } })
    const { answers, version } = await ana('editDraft', { draft: id, body: { description: 'So far.' } })
    expect(answers).toEqual({
      name: 'Piecemeal',
      poolId: 'eu-central-1_AbCdEf123',
      region: 'eu-central-1',
      description: 'So far.',
    })
    expect(version).toBe(4)
  })

  test('is nobody else’s', async () => {
    const { id } = await begin()
    const ben = operationsOf(db, { ...ANA, name: 'ben' }, keys)
    await expect(ben('showDraft', { draft: id })).rejects.toMatchObject({ code: 'not-found' })
    await expect(ben('saveDraft', { draft: id })).rejects.toMatchObject({ code: 'not-found' })
    await expect(ben('discardDraft', { draft: id })).rejects.toMatchObject({ code: 'not-found' })
    expect((await ben('listDrafts', {})).items).toEqual([])
  })

  test('is not answered in two windows without telling', async () => {
    const { id } = await begin()
    const first = { draft: id, ifMatch: '"2"' }
    await ana('editDraft', { ...first, body: { description: 'One' } })
    await expect(ana('editDraft', { ...first, body: { description: 'Two' } })).rejects.toMatchObject({
      code: 'changed-meanwhile',
    })
    expect((await ana('showDraft', { draft: id })).answers.description).toBe('One')
  })

  test('is told at once that its name is taken, or its tables don’t go together', async () => {
    const { name } = await ana('saveDraft', { draft: (await begin()).id })
    await expect(begin({ name })).rejects.toMatchObject({ code: 'conflict', problems: [{ field: 'name' }] })
    const opted = [{ source: 'user_mfa', purpose: 'All' as const }]
    await expect(begin({ tables: opted })).rejects.toThrow('goes by the rows of users')
    const users = { source: 'users', purpose: 'All' as const }
    await expect(begin({ tables: [users, ...opted] })).rejects.toThrow('because of what this would cost')
  })

  test('of two weeks ago is gone', async () => {
    const [old, young] = [await begin(), await begin()]
    await db.update(drafts).set({ updatedAt: sql`now() - interval '15 days'` }).where(eq(drafts.id, old.id))
    await pruneDrafts(db)
    expect((await ana('listDrafts', {})).items.map(({ id }) => id)).toEqual([young.id])
  })
})

describe('its secret', () => {
  test('is sealed, and shown nowhere', async () => {
    const draft = await begin()
    expect(draft).toMatchObject({ hasSecret: true, answers: { credentials: { kind: 'access-key' } } })
    const row = await stored(draft.id)
    expect(row?.sealed?.length).toBeGreaterThan(100)
    expect(JSON.stringify(draft) + JSON.stringify({ ...row, sealed: row?.sealed?.toString('latin1') })).not.toContain(
      SECRET,
    )
  })

  test('stays for as long as its access key id does', async () => {
    const { id } = await begin()
    const { kind, accessKeyId } = ACCESS_KEY
    const edit = (credentials: object) => ana('editDraft', { draft: id, body: { credentials } as never })
    expect((await edit({ kind, accessKeyId })).hasSecret).toBe(true)
    expect((await edit({ kind, accessKeyId: 'AKIAANOTHEREXAMPLE00' })).hasSecret).toBe(false)
    await expect(ana('saveDraft', { draft: id })).rejects.toThrow('The secret access key is missing.')
  })

  test('is among those that keys are counted and rotated for', async () => {
    const { id } = await begin()
    const others = freshKeys()
    await expect(checkKeys(db, others)).rejects.toThrow('1 draft under')
    await rotateKeys(db, [...others, ...keys])
    expect((await stored(id))?.keyId).toBe(others[0]?.id)
    const { name } = await operationsOf(db, ANA, [...others, ...keys])('saveDraft', { draft: id })
    const { id: dataflow } = await findDataflow(db, name)
    expect(await openCredentials(db, others, dataflow)).toEqual(ACCESS_KEY)
    await rotateKeys(db, [...keys, ...others])
  })
})

describe('what a draft becomes', () => {
  test('is the dataflow that it describes, and the draft is gone', async () => {
    const tables = [{ source: 'users', purpose: 'All' as const, treatments: { email: 'mask' as const } }]
    const draft = await begin({ tables, schedule: '30 2 * * *', timezone: 'Europe/Berlin', tags: ['eu'] })
    const saved = await ana('saveDraft', { draft: draft.id })
    expect(saved).toMatchObject({ tables, schedule: '30 2 * * *', tags: ['eu'], keepSnapshots: 7, version: 1 })
    expect(await openCredentials(db, keys, saved.id)).toEqual(ACCESS_KEY)
    expect(await stored(draft.id)).toBeUndefined()
    const { items } = await ana('listAudit', { dataflow: saved.name })
    expect(items.map(({ action }) => action)).toEqual(['createDataflow'])
  })

  test('is opened with a role by the external id that its trust policy was written with', async () => {
    const draft = await begin({ credentials: ROLE })
    expect(JSON.stringify(draft.trust)).toContain(draft.externalId)
    const saved = await ana('saveDraft', { draft: draft.id })
    expect(saved.credentials).toEqual({ ...ROLE, externalId: draft.externalId })
  })

  test('is nothing while something is missing, which is told all at once', async () => {
    const { id } = await ana('createDraft', { body: {} })
    await expect(ana('saveDraft', { draft: id })).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ field: 'poolId', message: 'The pool id is missing.' }),
        expect.objectContaining({ field: 'credentials' }),
      ]),
    })
    expect(await stored(id)).toBeDefined()
  })
})
