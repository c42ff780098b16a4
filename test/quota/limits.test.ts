import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { QUOTA_CATEGORIES } from '../../src/cognito/quotas.ts'
import type { Database } from '../../src/db/database.ts'
import { quotaLimits } from '../../src/db/schema/quotas.ts'
import { claimLimits, recordLimits } from '../../src/quota/limits.ts'
import { createTestDatabase } from '../support/database.ts'

const OWNER = { account: '123456789012', region: 'eu-central-1' }

let db: Database

beforeEach(async () => {
  db = (await createTestDatabase()).db
})

const known = async () => {
  const rows = await db.select().from(quotaLimits)
  return Object.fromEntries(rows.map(({ category, rate }) => [category, rate]))
}

describe('what AWS was asked for', () => {
  test('is asked for by one of many plans at once, and not again for an hour', async () => {
    const claims = await Promise.all(Array.from({ length: 4 }, () => claimLimits(db, OWNER)))
    expect(claims.flat().sort()).toEqual([...QUOTA_CATEGORIES].sort())
    await db.update(quotaLimits).set({ readAt: sql`now() - interval '59 minutes'` })
    expect(await claimLimits(db, OWNER)).toEqual([])
    await db.update(quotaLimits).set({ readAt: sql`now() - interval '61 minutes'` })
    expect(await claimLimits(db, OWNER)).toEqual(QUOTA_CATEGORIES)
  })

  test('is asked for by account and Region', async () => {
    await claimLimits(db, OWNER)
    expect(await claimLimits(db, { ...OWNER, account: '999999999999' })).toEqual(QUOTA_CATEGORIES)
    expect(await claimLimits(db, { ...OWNER, region: 'us-east-1' })).toEqual(QUOTA_CATEGORIES)
  })

  test('is remembered, answers and non-answers; what went without an answer this time stays', async () => {
    await claimLimits(db, OWNER)
    await recordLimits(
      db,
      OWNER,
      new Map([
        ['UserList', 60],
        ['UserRead', null],
      ]),
    )
    const unknown = Object.fromEntries(QUOTA_CATEGORIES.map((category) => [category, null]))
    expect(await known()).toEqual({ ...unknown, UserList: 60 })
    await recordLimits(db, OWNER, new Map([['UserRead', 240]]))
    expect(await known()).toEqual({ ...unknown, UserList: 60, UserRead: 240 })
    await recordLimits(db, OWNER, new Map([['UserList', null]]))
    expect(await known()).toEqual({ ...unknown, UserRead: 240 })
  })
})
