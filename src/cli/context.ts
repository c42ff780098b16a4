import type { Config } from '../config.ts'
import { closeDatabase, type Database, openDatabase } from '../db/database.ts'
import { embeddedConfig } from '../embedded/services.ts'
import { AskError } from '../errors.ts'
import type { Output } from './output.ts'

/** What every command is given. */
export interface CommandContext {
  readonly config: Config
  readonly output: Output
}

/** A configuration with servers in it: the environment's, or those of the embedded services that run right now. */
export type ServerConfig = Config & { readonly databaseUrl: string; readonly redisUrl: string }

/**
 * The servers to work on: DATABASE_URL and REDIS_URL where they are set, else the embedded services of a running
 * `npm start` on the same data folder.
 * @throws AskError when there are neither.
 */
export async function serverConfig(config: Config): Promise<ServerConfig> {
  const { databaseUrl, redisUrl } = config
  if (databaseUrl && redisUrl) return { ...config, databaseUrl, redisUrl }
  const embedded = await embeddedConfig(config)
  if (embedded) return embedded
  throw new AskError(
    'bad-configuration',
    config.url && config.token
      ? `There is no database to work on, and no API does what this command is for, that of ${config.url} neither.`
      : 'There is no database to work on.',
    'Start the embedded services with `npm start` in another terminal, or set DATABASE_URL and REDIS_URL.',
  )
}

/** Runs a command's work on the database and closes it however the work ends. */
export async function withDatabase<T>(
  config: Config,
  work: (db: Database, config: ServerConfig) => Promise<T>,
): Promise<T> {
  const servers = await serverConfig(config)
  const db = openDatabase(servers.databaseUrl, { name: 'cli', max: 4 })
  try {
    return await work(db, servers)
  } finally {
    await closeDatabase(db)
  }
}
