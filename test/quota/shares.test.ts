import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { AskError } from '../../src/errors.ts'
import { listShares, setShare, unsetShare } from '../../src/quota/shares.ts'
import { createTestDatabase } from '../support/database.ts'

const ACCOUNT = '123456789012'

let db: Database

beforeEach(async () => {
  db = (await createTestDatabase()).db
})

describe('a share', () => {
  test('is set for all, for an account, for a category, or for both; the last word counts', async () => {
    await setShare(db, { share: 0.5 })
    await setShare(db, { account: ACCOUNT, share: 1 })
    await setShare(db, { category: 'UserList', share: 0.25 })
    await setShare(db, { account: ACCOUNT, category: 'UserList', share: 0.7 })
    await setShare(db, { share: 0.4 })
    expect(await listShares(db)).toEqual([
      { account: '*', category: '*', share: 0.4 },
      { account: '*', category: 'UserList', share: 0.25 },
      { account: ACCOUNT, category: '*', share: 1 },
      { account: ACCOUNT, category: 'UserList', share: 0.7 },
    ])
  })

  test('that is taken back leaves the others', async () => {
    await setShare(db, { share: 0.5 })
    await setShare(db, { account: ACCOUNT, share: 1 })
    expect(await unsetShare(db, { account: ACCOUNT })).toEqual({ account: ACCOUNT, category: '*', share: 1 })
    await expect(unsetShare(db, { account: ACCOUNT })).rejects.toMatchObject({ code: 'not-found' })
    expect(await listShares(db)).toEqual([{ account: '*', category: '*', share: 0.5 }])
  })

  test.each([0, -0.1, 1.01, Number.NaN])('of %d is refused', async (share) => {
    await expect(setShare(db, { share })).rejects.toBeInstanceOf(AskError)
    expect(await listShares(db)).toEqual([])
  })

  test.each([{ account: '12345678901' }, { account: 'all' }, { category: 'Userlist' }, { category: '' }])(
    'of what there is not (%o) is refused',
    async (scope) => {
      await expect(setShare(db, { ...scope, share: 0.5 })).rejects.toMatchObject({ code: 'bad-input' })
      expect(await listShares(db)).toEqual([])
    },
  )
})
