import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { checkKeys, openCredentials, rotateKeys } from '../../src/dataflow/credentials.ts'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import type { Database } from '../../src/db/database.ts'
import { AskError, GiveUpError } from '../../src/errors.ts'
import { createTestDatabase } from '../support/database.ts'
import { ACCESS_KEY, example } from './examples.ts'
import { freshKeys } from './keys.ts'

const keys = freshKeys()
const others = freshKeys()
let db: Database
let customers: Dataflow
let staff: Dataflow

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  const session = { ...ACCESS_KEY, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzEBY' }
  customers = await createDataflow(db, keys, example())
  staff = await createDataflow(db, keys, example({ name: 'StaffPool', credentials: session }))
  await createDataflow(db, keys, example({ name: 'Roleless', credentials: { kind: 'ambient' } }))
})

describe('stored credentials', () => {
  test('come back as they were given', async () => {
    expect(await openCredentials(db, keys, customers.id)).toEqual(ACCESS_KEY)
    expect(await openCredentials(db, keys, staff.id)).toMatchObject({ sessionToken: 'FwoGZXIvYXdzEBY' })
  })

  test('do not open under another key, and say whose they are', async () => {
    const opening = openCredentials(db, others, staff.id)
    await expect(opening).rejects.toThrow(GiveUpError)
    await expect(opening).rejects.toThrow(/dataflow StaffPool are sealed under the key [0-9a-f]{8}/)
  })

  test('do not open in the row of another dataflow', async () => {
    await db.execute(sql`update poolkeeper.credentials set sealed = (select sealed from poolkeeper.credentials
      where dataflow_id = ${customers.id}) where dataflow_id = ${staff.id}`)
    await expect(openCredentials(db, keys, staff.id)).rejects.toThrow(/changed or belong to another record/)
  })
})

describe('checking the keys at start', () => {
  test('is content with the right key among others', async () => {
    await checkKeys(db, [...others, ...keys])
  })

  test('tells of a wrong key with its id and how many dataflows need it', async () => {
    const check = checkKeys(db, others)
    await expect(check).rejects.toThrow(AskError)
    await expect(check).rejects.toThrow(`2 dataflows under ${keys[0]?.id}; POOLKEEPER_KEY holds ${others[0]?.id}`)
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
    expect(await rotateKeys(db, [...others, ...keys])).toBe(2)
    expect(await openCredentials(db, others, customers.id)).toEqual(ACCESS_KEY)
    await checkKeys(db, others)
    expect(await rotateKeys(db, [...others, ...keys])).toBe(0)
  })

  test('moves none when one of them can not be opened', async () => {
    await db.execute(sql`update poolkeeper.credentials set sealed = '\\x01' where dataflow_id = ${staff.id}`)
    await expect(rotateKeys(db, [...others, ...keys])).rejects.toThrow(/StaffPool/)
    expect(await openCredentials(db, keys, customers.id)).toEqual(ACCESS_KEY)
  })
})
