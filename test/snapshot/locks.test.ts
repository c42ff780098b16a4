import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database, Transaction } from '../../src/db/database.ts'
import { WaitError } from '../../src/errors.ts'
import { withLockTimeout } from '../../src/snapshot/locks.ts'
import { createTestDatabase } from '../support/database.ts'
import { openReader } from '../support/reader.ts'

let db: Database
let url: string

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
  await db.execute(sql`create table busy (id int)`)
})

const change = (tx: Transaction) => tx.execute(sql`alter table busy add column if not exists more int`)

describe('changing tables that others read', () => {
  test('gives up when somebody never leaves, and says what to do', async () => {
    const reader = await openReader(url, 'select * from busy')
    const refusal = await withLockTimeout(db, change, 2).catch((error: unknown) => error)
    await reader.leave()
    expect(refusal).toBeInstanceOf(WaitError)
    expect(refusal).toMatchObject({ code: 'table-locked', remedy: expect.stringContaining('pg_stat_activity') })
  })

  test('tries again from the beginning, so that nothing of a failed try stands', async () => {
    await db.execute(sql`create table tries (id int)`)
    const reader = await openReader(url, 'select * from busy')
    let tries = 0
    const work = async (tx: Transaction) => {
      await tx.execute(sql`insert into tries values (1)`)
      if (++tries === 2) await reader.leave()
      await change(tx)
      return 'changed'
    }
    expect(await withLockTimeout(db, work)).toBe('changed')
    expect(tries).toBe(2)
    expect(await db.execute(sql`select * from tries`)).toHaveLength(1)
  })

  test('does not try again what failed for another reason', async () => {
    let tries = 0
    const work = async (tx: Transaction) => {
      tries++
      await tx.execute(sql`select 1 / 0`)
    }
    await expect(withLockTimeout(db, work)).rejects.toHaveProperty('cause.code', '22012')
    expect(tries).toBe(1)
  })
})
