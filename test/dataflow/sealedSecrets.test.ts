import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SealingKey } from '../../src/config.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import { openCredentials } from '../../src/dataflow/credentials.ts'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { contextOf, open, seal } from '../../src/dataflow/seal.ts'
import { checkKeys, rotateKeys } from '../../src/dataflow/sealedSecrets.ts'
import type { Database } from '../../src/db/database.ts'
import { webhooks } from '../../src/db/schema/webhooks.ts'
import { AskError } from '../../src/errors.ts'
import { createTestDatabase } from '../support/database.ts'
import { ACCESS_KEY, example } from './examples.ts'
import { freshKeys } from './keys.ts'

const keys = freshKeys()
const others = freshKeys()
const both = [...others, ...keys]
let db: Database
let customers: Dataflow
let staff: Dataflow
let webhook: number

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  customers = await createDataflow(db, keys, example())
  staff = await createDataflow(db, keys, example({ name: 'StaffPool' }))
  await createDataflow(db, keys, example({ name: 'Roleless', credentials: { kind: 'ambient' } }))
  webhook = await aWebhook('https://hooks.example.com/T0/B1')
})

/** A webhook whose address is sealed under the keys that everything else is sealed under. */
async function aWebhook(url: string): Promise<number> {
  const [row] = await db
    .insert(webhooks)
    .values({
      ...{ name: 'alerts', format: 'slack', events: ['run.failed'], host: 'hooks.example.com', createdBy: 'ada' },
      ...{ sealed: Buffer.alloc(0), keyId: '' },
    })
    .returning({ id: webhooks.id })
  const id = row?.id ?? 0
  const { bytes, keyId } = seal(keys, url, contextOf('webhook', id))
  await db.update(webhooks).set({ sealed: bytes, keyId }).where(eq(webhooks.id, id))
  return id
}

async function addressOf(id: number, ring: readonly SealingKey[]): Promise<string> {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id))
  const { sealed, keyId } = row ?? { sealed: Buffer.alloc(0), keyId: '' }
  return open(ring, { bytes: sealed, keyId }, contextOf('webhook', id)).toString()
}

describe('checking the keys at start', () => {
  test('is content with the right key among others', async () => {
    await checkKeys(db, both)
  })

  test('tells of a wrong key with its id and what needs it', async () => {
    const check = checkKeys(db, others)
    await expect(check).rejects.toThrow(AskError)
    const id = keys[0]?.id
    await expect(check).rejects.toThrow(`2 dataflows under ${id}, 1 webhook under ${id}; POOLKEEPER_KEY holds`)
    await expect(checkKeys(db, [])).rejects.toThrow(/is not set/)
  })

  test('needs no key where nothing is sealed', async () => {
    await checkKeys((await createTestDatabase()).db, [])
  })
})

describe('storing another secret', () => {
  test('is refused under a key that the rest of the fleet may not have', async () => {
    const other = createDataflow(db, others, example({ name: 'OtherPool' }))
    await expect(other).rejects.toMatchObject({ code: 'wrong-key' })
    await createDataflow(db, others, example({ name: 'OtherPool', credentials: { kind: 'ambient' } }))
  })
})

describe('rotating the keys', () => {
  test('puts every secret under the first key, so that the old one can go', async () => {
    expect(await rotateKeys(db, both)).toBe(3)
    expect(await openCredentials(db, others, customers.id)).toEqual(ACCESS_KEY)
    expect(await addressOf(webhook, others)).toBe('https://hooks.example.com/T0/B1')
    await checkKeys(db, others)
    expect(await rotateKeys(db, both)).toBe(0)
  })

  test('moves none when one of them can not be opened', async () => {
    await db.execute(sql`update poolkeeper.webhooks set sealed = '\\x01'`)
    await expect(rotateKeys(db, both)).rejects.toThrow(/of webhook 1, sealed under/)
    expect(await openCredentials(db, keys, customers.id)).toEqual(ACCESS_KEY)
  })

  test('goes on beside those who open and store secrets, and leaves what they stored', async () => {
    const changed = { ...ACCESS_KEY, secretAccessKey: 'another' }
    const opening = Array.from({ length: 20 }, () => openCredentials(db, both, customers.id))
    const [first, second] = await Promise.all([
      rotateKeys(db, both),
      rotateKeys(db, both),
      editDataflow(db, both, 'StaffPool', { credentials: changed }),
      ...opening,
    ])
    expect(first + second).toBeLessThanOrEqual(3)
    for (const opened of opening) expect(await opened).toEqual(ACCESS_KEY)
    await checkKeys(db, others)
    expect(await openCredentials(db, others, staff.id)).toEqual(changed)
  })
})
