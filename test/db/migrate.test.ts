import { sql } from 'drizzle-orm'
import { expect, inject, test } from 'vitest'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createTestDatabase } from '../support/database.ts'
import { runCommand } from '../support/processes.ts'
import { databaseUrlOf, withServer } from '../support/server.ts'

test('processes that migrate an empty database at the same time take turns', async () => {
  const name = `${inject('databasePrefix')}empty`
  await withServer(inject('databaseUrl'), (server) => server`create database ${server(name)}`)
  const url = databaseUrlOf(inject('databaseUrl'), name)
  const databases = [1, 2, 3, 4].map((n) => openDatabase(url, { name: `migrate ${n}`, max: 2 }))

  await Promise.all(databases.map((db) => migrate(db)))

  const tables = await databases[0]?.execute(sql`select from pg_tables where schemaname = 'poolkeeper'`)
  expect(tables?.length).toBeGreaterThan(5)
  await Promise.all(databases.map((db) => closeDatabase(db)))
})

test('migrating again changes nothing', async () => {
  const { db } = await createTestDatabase()
  const steps = () => db.execute(sql`select * from drizzle.__drizzle_migrations`)
  const before = await steps()

  await migrate(db)

  expect(await steps()).toEqual(before)
})

test('the command migrates the database of the environment', async () => {
  const name = `${inject('databasePrefix')}command`
  await withServer(inject('databaseUrl'), (server) => server`create database ${server(name)}`)
  const url = databaseUrlOf(inject('databaseUrl'), name)

  const { code, stdout } = await runCommand(['migrate', '--json'], { DATABASE_URL: url, REDIS_URL: inject('redisUrl') })

  expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: { migrated: true } })
  expect(await withServer(url, (server) => server`select from poolkeeper.runs`)).toHaveLength(0)
})
