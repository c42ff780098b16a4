import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { endAbandonedStatements } from '../../src/db/abandoned.ts'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'
import { SOON } from '../support/watching.ts'

test('a statement whose client was cut off half way loses its locks, and nobody else does', async () => {
  const { db, url } = await createTestDatabase()
  await db.execute(sql`create table counter as select 0 as n`)
  const lockTable = () =>
    db.transaction((tx) => tx.execute(sql`lock table counter in access exclusive mode nowait`)).then(() => 'locked')
  const way = await openProxy(url)
  const cutOff = openDatabase(way.url, { name: 'cut off', max: 2 })
  onTestFinished(() => closeDatabase(cutOff, 0))
  await cutOff.execute(sql`select 1`)

  // its first part is on the way when the connection becomes half open: the second one never comes
  way.delay(500)
  const statement = Promise.allSettled([cutOff.execute(sql`select n from counter where n = ${0}`)])
  await pause(100)
  way.blackhole()
  await vi.waitFor(() => expect(lockTable()).rejects.toMatchObject({ cause: { code: '55P03' } }), SOON)

  expect(await endAbandonedStatements(db)).toBe(0)
  const atWork = db.execute(sql`select pg_sleep(1)`)
  expect(await endAbandonedStatements(db, 0)).toBe(1)
  await vi.waitFor(async () => expect(await lockTable()).toBe('locked'), SOON)
  await atWork
  await closeDatabase(cutOff, 0)
  await statement
})
