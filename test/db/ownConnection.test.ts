import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { onOwnConnection } from '../../src/db/ownConnection.ts'
import { createTestDatabase } from '../support/database.ts'

const backends = (db: Database) =>
  db.execute(sql`select state from pg_stat_activity where application_name like 'poolkeeper long %'`)

test('a statement may take longer there than a connection may be silent elsewhere', async () => {
  const { db, url } = await createTestDatabase()
  const impatient = openDatabase(url, { name: 'test', patienceMs: 500 })
  onTestFinished(() => closeDatabase(impatient, 0))
  const { signal } = new AbortController()
  const answer = await onOwnConnection(impatient, { name: 'long', signal }, (own) =>
    own.execute(sql`select 'done' as answer from pg_sleep(2.5)`),
  )
  expect(answer).toEqual([{ answer: 'done' }])
  await vi.waitFor(async () => expect(await backends(db)).toEqual([]))
})

test('whoever stops it ends the statement on the server as well, at once', async () => {
  const { db } = await createTestDatabase()
  const stop = new AbortController()
  const ending = onOwnConnection(db, { name: 'long', signal: stop.signal }, (own) =>
    own.execute(sql`select pg_sleep(60)`),
  ).catch((reason: unknown) => reason)
  await vi.waitFor(async () => expect(await backends(db)).toEqual([{ state: 'active' }]))
  const reason = new Error('cancelled')
  stop.abort(reason)
  expect(await ending).toBe(reason)
  await vi.waitFor(async () => expect(await backends(db)).toEqual([]))
})

test('an error of the work comes out as it is', async () => {
  const { db } = await createTestDatabase()
  const { signal } = new AbortController()
  const work = async () => {
    throw new RangeError('not this')
  }
  await expect(onOwnConnection(db, { name: 'long', signal }, work)).rejects.toThrow('not this')
})

test('a server that is at work is told of, and one that waits for a lock is not', async () => {
  const { db } = await createTestDatabase()
  const { signal } = new AbortController()
  const onWork = vi.fn(async () => undefined)
  await onOwnConnection(db, { name: 'long', signal, onWork }, (own) => own.execute(sql`select pg_sleep(3.5)`))
  expect(onWork).toHaveBeenCalledOnce()

  const lock = sql`select pg_advisory_xact_lock(7)`
  await db.transaction(async (tx) => {
    await tx.execute(lock)
    const waiting = onOwnConnection(db, { name: 'long', signal, onWork }, (own) =>
      own.transaction(async (second) => {
        await second.execute(sql`set local lock_timeout = '3.5s'`)
        await second.execute(lock)
      }),
    )
    await expect(waiting).rejects.toHaveProperty('cause.code', '55P03')
  })
  expect(onWork).toHaveBeenCalledOnce()
})
