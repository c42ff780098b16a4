import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { openCredentials } from '../../src/dataflow/credentials.ts'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import type { Database } from '../../src/db/database.ts'
import { GiveUpError } from '../../src/errors.ts'
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
