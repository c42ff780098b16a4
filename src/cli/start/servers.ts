import type { Config, SealingKey } from '../../config.ts'
import type { Database } from '../../db/database.ts'
import { ownKeys } from '../../embedded/keys.ts'
import { startServices } from '../../embedded/services.ts'
import { GiveUpError } from '../../errors.ts'

/** The servers that everything runs on: those of the environment, or embedded ones of our own. */
export interface Servers {
  readonly db: Database
  readonly keys: readonly SealingKey[]
  /** What a person should know about them. */
  readonly note?: string
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

async function connect({ keys }: Config, databaseUrl: string): Promise<Servers> {
  const { db, close } = await openPool(databaseUrl)
  return {
    db,
    keys,
    variables: {},
    failure: new Promise(() => undefined),
    announceCognito: async () => undefined,
    stop: close,
  }
}

async function startEmbedded(config: Config): Promise<Servers> {
  const { dataFolder } = config
  const { keys, variables } = await ownKeys(config)
  const services = await startServices(dataFolder, { durable: true })
  const { db, close } = await openPool(services.databaseUrl)
  return {
    db,
    keys,
    ...(!services.postgresFolder.startsWith(dataFolder) && {
      note: `Postgres keeps its files in ${services.postgresFolder}: it does not run as root, and only root can enter ${dataFolder}.`,
    }),
    variables: { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl, ...variables },
    failure: services.ended.then(() => {
      throw new GiveUpError('database-unavailable', `The embedded servers have ended; see ${dataFolder}/logs.`)
    }),
    announceCognito: services.announceCognito,
    stop: async () => {
      await close()
      await services.stop()
    },
  }
}

async function openPool(url: string): Promise<{ db: Database; close(): Promise<void> }> {
  const { closeDatabase, openDatabase } = await import('../../db/database.ts')
  const db = openDatabase(url, { name: 'start', max: 4 })
  return { db, close: () => closeDatabase(db, 1) }
}
