import { sql } from 'drizzle-orm'
import type { SealingKey } from '../../config.ts'
import { checkKeys } from '../../dataflow/sealedSecrets.ts'
import type { Database } from '../../db/database.ts'
import { pendingMigrations } from '../../db/migrate.ts'
import { type Check, checked, hasFailed } from './check.ts'

/** The oldest release that still gets fixes while this is written, and the oldest that is tested. */
const OLDEST = 14

/** Postgres: reachable, new enough, allowed to make schemas, migrated; and whether the keys open what it holds. */
export async function checkPostgres(db: Database, keys: readonly SealingKey[]): Promise<Check[]> {
  const server = await checked('Postgres', () => checkServer(db))
  if (hasFailed(server, 'Postgres')) return server
  const tables = await checked('Control tables', () => checkTables(db))
  if (hasFailed(tables, 'Control tables')) return [...server, ...tables]
  return [...server, ...tables, ...(await checked('Keys', () => checkSealing(db, keys)))]
}

async function checkServer(db: Database): Promise<Check[]> {
  const [row] = await db.execute<{ version: string; may_create: boolean }>(sql`
    select current_setting('server_version') as version,
      has_database_privilege(current_database(), 'create') as may_create`)
  const version = row?.version ?? 'unknown'
  if (Number.parseInt(version, 10) < OLDEST) {
    const detail = `Postgres ${version} is too old; Poolkeeper needs ${OLDEST} or newer.`
    return [{ check: 'Postgres', status: 'failed', detail }]
  }
  if (!row?.may_create) {
    const detail =
      'The user may not create schemas. Run `grant create on database … to …` as the owner of the database.'
    return [{ check: 'Postgres', status: 'failed', detail }]
  }
  return [{ check: 'Postgres', status: 'ok', detail: `version ${version}, may create schemas` }]
}

async function checkTables(db: Database): Promise<Check[]> {
  const pending = await pendingMigrations(db)
  if (pending === 0) return [{ check: 'Control tables', status: 'ok', detail: 'up to date' }]
  const detail = `${pending} migrations have not been run. Run \`poolkeeper migrate\`.`
  return [{ check: 'Control tables', status: 'failed', detail }]
}

async function checkSealing(db: Database, keys: readonly SealingKey[]): Promise<Check[]> {
  await checkKeys(db, keys)
  if (keys.length > 0) {
    return [{ check: 'Keys', status: 'ok', detail: `every stored secret opens; ${keys[0]?.id} seals new ones` }]
  }
  const detail = 'POOLKEEPER_KEY is not set, so no access key can be stored. Make one: openssl rand -base64 32'
  return [{ check: 'Keys', status: 'warning', detail }]
}
