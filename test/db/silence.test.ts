import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { socketsFor } from '../../src/db/socket.ts'
import { databaseTrouble } from '../../src/db/trouble.ts'
import { createTestDatabase } from '../support/database.ts'
import { openSilentServer } from '../support/silentServer.ts'

test('a server that accepts and stays silent is given up, and counts as trouble that passes', async () => {
  const db = openDatabase(`postgres://nobody@${await openSilentServer()}/nothing`, { name: 'test', patienceMs: 100 })
  onTestFinished(() => closeDatabase(db, 0))
  const error = await db.execute(sql`select 1`).catch((reason: unknown) => reason)
  expect(databaseTrouble(error)).toMatchObject({
    code: 'database-unavailable',
    message: expect.stringContaining('ETIMEDOUT'),
  })
})

test('a statement that is given up leaves a pool that works', async () => {
  const { url } = await createTestDatabase()
  const db = openDatabase(url, { name: 'test', patienceMs: 100, max: 1 })
  onTestFinished(() => closeDatabase(db, 0))
  await expect(db.execute(sql`select pg_sleep(30)`)).rejects.toThrow()
  expect(await db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('a connection without an answer is given up, however much is sent on it meanwhile', async () => {
  const [host = '', port] = (await openSilentServer()).split(':')
  const socket = socketsFor(1_000)({ host: [host], port: [Number(port)] })
  const talking = setInterval(() => socket.write('hello?'), 100)
  const [error] = await once(socket, 'error')
  clearInterval(talking)
  expect(error).toMatchObject({ code: 'ETIMEDOUT' })
})

test('a transaction in which nothing is said is ended by the server, with its locks', async () => {
  const { db } = await createTestDatabase()
  const [setting] = await db.execute(sql`select current_setting('idle_in_transaction_session_timeout') as timeout`)
  expect(setting).toEqual({ timeout: '15s' })
})

test('what is wrong with a statement is no trouble that passes', async () => {
  const { db } = await createTestDatabase()
  const error = await db.execute(sql`select nothing`).catch((reason: unknown) => reason)
  expect(databaseTrouble(error)).toBeUndefined()
})
