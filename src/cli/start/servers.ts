import { type Config, loadConfig, type SealingKey } from '../../config.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/database.ts'
import { embeddedKey } from '../../embedded/key.ts'
import { startServices } from '../../embedded/services.ts'
import { GiveUpError } from '../../errors.ts'

/** The servers that everything runs on: those of the environment, or embedded ones of our own. */
export interface Servers {
  readonly db: Database
  readonly keys: readonly SealingKey[]
  /** What our processes need to find in their environment. */
  readonly variables: Readonly<Record<string, string>>
  /** Rejects when embedded servers end by themselves. */
  readonly failure: Promise<never>
  /** Tells commands in other terminals of the sandbox. */
  announceCognito(endpoint: string): Promise<void>
  /** Closes the database, under whatever is still asking it, and stops embedded servers. */
  stop(): Promise<void>
}

/** @throws AskError when embedded ones can't be started */
export async function openServers(config: Config): Promise<Servers> {
  return config.databaseUrl ? connect(config, config.databaseUrl) : startEmbedded(config)
}

function connect({ keys }: Config, databaseUrl: string): Servers {
  const db = openStartDatabase(databaseUrl)
  return {
    db,
    keys,
    variables: {},
    failure: new Promise(() => undefined),
    announceCognito: async () => undefined,
    stop: () => closeDatabase(db, 1),
  }
}

async function startEmbedded({ dataFolder, keys }: Config): Promise<Servers> {
  const own: Record<string, string> = keys.length > 0 ? {} : { POOLKEEPER_KEY: await embeddedKey(dataFolder) }
  const services = await startServices(dataFolder, { durable: true })
  const db = openStartDatabase(services.databaseUrl)
  return {
    db,
    keys: keys.length > 0 ? keys : loadConfig(own).keys,
    variables: { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl, ...own },
    failure: services.ended.then(() => {
      throw new GiveUpError('database-unavailable', `The embedded servers have ended; see ${dataFolder}/logs.`)
    }),
    announceCognito: services.announceCognito,
    stop: async () => {
      await closeDatabase(db, 1)
      await services.stop()
    },
  }
}

function openStartDatabase(url: string): Database {
  return openDatabase(url, { name: 'start', max: 4 })
}
