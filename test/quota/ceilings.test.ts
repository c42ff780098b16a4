import { beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { quotaLimits, quotaShares } from '../../src/db/schema/quotas.ts'
import { type Ceilings, createCeilings } from '../../src/quota/ceilings.ts'
import { createTestDatabase } from '../support/database.ts'

const [ACCOUNT, OTHER] = ['123456789012', '999999999999']
const QUOTA = { account: ACCOUNT, region: 'eu-central-1', category: 'UserList' } as const
const LIMIT = { accountId: ACCOUNT, region: 'eu-central-1', category: 'UserList' }

let db: Database
let url: string
let ceilings: Ceilings

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  url = database.url
  ceilings = createCeilings(db)
})

describe('the ceiling of a quota', () => {
  test('is nine tenths of what AWS documents, until something else is known', async () => {
    const byDefault = { rate: 30, live: false, share: 0.9, allowed: 27 }
    expect(ceilings.of(QUOTA)).toEqual(byDefault)
    await ceilings.refresh()
    expect(ceilings.of(QUOTA)).toEqual(byDefault)
    expect(ceilings.of({ ...QUOTA, category: 'UserRead' }).allowed).toBe(108)
  })

  test('goes by the rate that AWS has told for this account, Region and category', async () => {
    await db.insert(quotaLimits).values([{ ...LIMIT, rate: 80 }])
    await ceilings.refresh()
    expect(ceilings.of(QUOTA)).toEqual({ rate: 80, live: true, share: 0.9, allowed: 72 })
    for (const another of [{ account: OTHER }, { region: 'us-east-1' }]) {
      expect(ceilings.of({ ...QUOTA, ...another })).toMatchObject({ rate: 30, live: false })
    }
    expect(ceilings.of({ ...QUOTA, category: 'UserRead' })).toMatchObject({ rate: 120, live: false })
  })

  test('goes by what AWS documents where AWS gave no answer', async () => {
    await db.insert(quotaLimits).values([{ ...LIMIT, rate: null }])
    await ceilings.refresh()
    expect(ceilings.of(QUOTA)).toMatchObject({ rate: 30, live: false })
  })

  test('takes the share that was set most closely: account and category, account, category, all', async () => {
    const shares = async () => {
      await ceilings.refresh()
      const list = [QUOTA, { ...QUOTA, category: 'UserRead' }, { ...QUOTA, account: OTHER }] as const
      const others = { ...QUOTA, account: OTHER, category: 'UserRead' } as const
      return [...list, others].map((quota) => ceilings.of(quota).share)
    }
    await db.insert(quotaShares).values({ share: 0.1 })
    expect(await shares()).toEqual([0.1, 0.1, 0.1, 0.1])
    await db.insert(quotaShares).values({ category: 'UserList', share: 0.2 })
    expect(await shares()).toEqual([0.2, 0.1, 0.2, 0.1])
    await db.insert(quotaShares).values({ accountId: ACCOUNT, share: 0.3 })
    expect(await shares()).toEqual([0.3, 0.3, 0.2, 0.1])
    await db.insert(quotaShares).values({ accountId: ACCOUNT, category: 'UserList', share: 0.4 })
    expect(await shares()).toEqual([0.4, 0.3, 0.2, 0.1])
  })

  test('stays what was known last while Postgres can’t be asked', async () => {
    const own = openDatabase(url, { name: 'test' })
    const known = createCeilings(own)
    await db.insert(quotaShares).values({ share: 0.5 })
    await known.refresh()
    await closeDatabase(own)
    await expect(known.refresh()).rejects.toThrow()
    expect(known.of(QUOTA).allowed).toBe(15)
  })

  test('forgets a share that is set no longer', async () => {
    await db.insert(quotaShares).values({ share: 0.5 })
    await ceilings.refresh()
    await db.delete(quotaShares)
    await ceilings.refresh()
    expect(ceilings.of(QUOTA).share).toBe(0.9)
  })
})
