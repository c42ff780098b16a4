import { randomBytes } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { loadConfig } from '../../src/config.ts'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startServices } from '../../src/embedded/services.ts'
import { databaseUrlOf, withServer } from './server.ts'

/** What every test file may `inject`. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's maintenance database. */
    databaseUrl: string
    redisUrl: string
    /** Begins the name of every database of this test run. */
    databasePrefix: string
    /** A migrated database without a row, to clone. */
    templateDatabase: string
  }
}

interface Servers {
  readonly databaseUrl: string
  readonly redisUrl: string
  stop(): Promise<void>
}

/**
 * Once before all tests: servers (DATABASE_URL and REDIS_URL, or embedded ones that end with the run) and the template
 * that `createTestDatabase` clones.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const servers = await findServers()
  const prefix = `poolkeeper_test_${randomBytes(4).toString('hex')}_`
  const template = `${prefix}template`
  await createTemplate(servers.databaseUrl, template)
  provide('databaseUrl', servers.databaseUrl)
  provide('redisUrl', servers.redisUrl)
  provide('databasePrefix', prefix)
  provide('templateDatabase', template)
  return async () => {
    await dropDatabases(servers.databaseUrl, prefix)
    await servers.stop()
  }
}

async function findServers(): Promise<Servers> {
  const { databaseUrl, redisUrl } = loadConfig()
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl, stop: async () => undefined }
  const folder = join(tmpdir(), `poolkeeper-tests-${randomBytes(4).toString('hex')}`)
  const services = await startServices(folder, { durable: false })
  return { ...services, stop: () => services.stop().then(() => removeDataFolder(folder)) }
}

/** Removes a data folder and what it links to. */
export async function removeDataFolder(folder: string): Promise<void> {
  await rm(await realpath(join(folder, 'postgres')), { recursive: true })
  await rm(folder, { recursive: true })
}

async function createTemplate(serverUrl: string, name: string): Promise<void> {
  await withServer(serverUrl, (sql) => sql`create database ${sql(name)}`)
  const db = openDatabase(databaseUrlOf(serverUrl, name), { name: 'test template', max: 2 })
  await migrate(db)
  await closeDatabase(db)
}

async function dropDatabases(serverUrl: string, prefix: string): Promise<void> {
  await withServer(serverUrl, async (sql) => {
    const rows = await sql<{ name: string }[]>`
      select datname as name from pg_database where starts_with(datname, ${prefix})`
    for (const { name } of rows) await sql`drop database if exists ${sql(name)} with (force)`
  })
}
