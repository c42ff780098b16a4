import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { onTestFinished } from 'vitest'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openDataFolder } from '../../src/embedded/folder.ts'
import { freePort } from '../../src/embedded/freePort.ts'
import { lockHolder } from '../../src/embedded/lock.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import type { LineDatabase } from './line.ts'
import { databaseUrlOf } from './server.ts'
import { removeDataFolder } from './services.ts'

/** A Postgres that nobody else uses, with a migrated database: to be stopped, crashed and filled up. */
export interface OwnPostgres extends LineDatabase {
  /** Stops it as `pg_ctl stop -m immediate` does: nothing is written out, every connection is cut. */
  stopImmediately(): Promise<void>
  /** Starts it again, at the address that it had, and waits until it has recovered. */
  start(): Promise<void>
  /** Another migrated database, the whole of it in a tablespace. */
  databaseIn(tablespace: string): Promise<LineDatabase>
}

/**
 * Starts one: the embedded server, also where the other tests run on another. What it has said to be committed survives
 * a crash. It is gone when the test ends.
 */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = join(tmpdir(), `poolkeeper-own-${randomBytes(4).toString('hex')}`)
  await openDataFolder(folder)
  const options = { durable: true, log: join(folder, 'logs', 'postgres.log'), port: await freePort() }
  let server = await startPostgres(folder, options)
  const { url, data } = server
  onTestFinished(async () => {
    await server.stop()
    await removeDataFolder(folder)
  })
  const database = await openMigrated(url)
  return {
    ...database,
    async stopImmediately() {
      const postmaster = await lockHolder(data)
      if (postmaster === undefined) throw new TypeError('it does not run')
      process.kill(postmaster, 'SIGQUIT')
      await server.ended
    },
    async start() {
      server = await startPostgres(folder, options)
    },
    async databaseIn(tablespace) {
      await database.db.execute(sql`create database another tablespace ${sql.identifier(tablespace)}`)
      return openMigrated(databaseUrlOf(url, 'another'))
    },
  }
}

async function openMigrated(url: string): Promise<LineDatabase> {
  const db = openDatabase(url, { name: 'test' })
  onTestFinished(() => closeDatabase(db, 0))
  await migrate(db)
  return { db, url }
}
