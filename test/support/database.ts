import { randomBytes } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { databaseUrlOf, withServer } from './server.ts'

export interface TestDatabase {
  readonly db: Database
  /** For processes of their own. */
  readonly url: string
  /** Closes and drops it, whoever is still connected. Happens by itself after the file's last test. */
  drop(): Promise<void>
}

const open = new Set<TestDatabase>()

afterAll(async () => {
  await Promise.all([...open].map((database) => database.drop()))
})

/** A database of this test's own, with the control tables and without a row. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  const name = inject('databasePrefix') + randomBytes(6).toString('hex')
  await withServer(server, (sql) => sql`create database ${sql(name)} template ${sql(inject('templateDatabase'))}`)
  const url = databaseUrlOf(server, name)
  const db = openDatabase(url, { name: 'test' })
  const database: TestDatabase = {
    db,
    url,
    drop: async () => {
      if (!open.delete(database)) return
      await closeDatabase(db, 1)
      await withServer(server, (sql) => sql`drop database ${sql(name)} with (force)`)
    },
  }
  open.add(database)
  return database
}
