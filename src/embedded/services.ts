import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Config } from '../config.ts'
import { AskError } from '../errors.ts'
import { type Announcement, announce, findServices, withdraw } from './announcement.ts'
import { openDataFolder } from './folder.ts'
import { ownKeys } from './keys.ts'
import type { SupervisorMessage } from './supervisor.ts'

/** Postgres and Valkey for a machine that has neither, as they run. */
export interface EmbeddedServices {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Where Postgres keeps its files. */
  readonly postgresFolder: string
  /** The process that owns both servers. */
  readonly supervisorPid: number | undefined
  /** Resolves when they have ended, asked to or not. */
  readonly ended: Promise<void>
  /** Lets other terminals know of the sandbox as well. */
  announceCognito(endpoint: string): Promise<void>
  /** Stops both, Postgres having written everything out, and waits until they are gone. */
  stop(): Promise<void>
}

/**
 * Starts the embedded services on a data folder, under a supervisor process that ends with this one, kill -9 included.
 * @param dataFolder absolute path; made if need be
 * @param durable whether what is committed survives a power cut: true for people's data, false for tests
 * @throws AskError when they run there already, or can't be started.
 */
export async function startServices(
  dataFolder: string,
  { durable }: { readonly durable: boolean },
): Promise<EmbeddedServices> {
  await openDataFolder(dataFolder)
  await refuseSecondStart(dataFolder)
  const supervisor = await forkSupervisor(dataFolder, durable ? 'durable' : 'fast')
  const ended = once(supervisor, 'exit').then(() => undefined)
  const announcement = { pid: process.pid, ...(await readiness(supervisor, dataFolder)) }
  await announce(dataFolder, announcement)
  return {
    ...announcement,
    supervisorPid: supervisor.pid,
    ended,
    announceCognito: (cognitoEndpoint) => announce(dataFolder, { ...announcement, cognitoEndpoint }),
    stop: async () => {
      await withdraw(dataFolder)
      if (supervisor.connected) supervisor.disconnect()
      await ended
    },
  }
}

/** @throws AskError when the services of the folder run already, naming the process that started them. */
export async function refuseSecondStart(dataFolder: string): Promise<void> {
  const running = await findServices(dataFolder)
  if (!running) return
  throw new AskError(
    'conflict',
    `Poolkeeper is running on ${dataFolder} already, as process ${running.pid}.`,
    'Stop that one first, or set POOLKEEPER_DATA to another folder.',
  )
}

/**
 * The configuration of the embedded services that a running `npm start` keeps on the configured data folder: the
 * environment's, completed by their addresses, the folder's keys and the sandbox's endpoint. Undefined if none run.
 */
export async function embeddedConfig(
  config: Config,
): Promise<(Config & { readonly databaseUrl: string; readonly redisUrl: string }) | undefined> {
  const found = await findServices(config.dataFolder)
  if (!found) return undefined
  const { keys, hashKey } = await ownKeys(config)
  return {
    ...config,
    databaseUrl: found.databaseUrl,
    redisUrl: found.redisUrl,
    keys,
    hashKey,
    cognitoEndpoint: config.cognitoEndpoint ?? found.cognitoEndpoint,
  }
}

const logPath = (dataFolder: string) => join(dataFolder, 'logs', 'services.log')

/**
 * Runs the supervisor as the sources run, by tsx.
 * @throws AskError in the image and the package: they come without tsx and the servers.
 */
async function forkSupervisor(dataFolder: string, durability: 'durable' | 'fast'): Promise<ChildProcess> {
  if (!import.meta.url.endsWith('.ts')) {
    throw new AskError(
      'bad-configuration',
      'This build has no servers of its own.',
      'Set DATABASE_URL and REDIS_URL, or run `npm start` in a checkout.',
    )
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href
  const log = await open(logPath(dataFolder), 'w', 0o600)
  const supervisor = fork(fileURLToPath(new URL('supervisor.ts', import.meta.url)), [dataFolder, durability], {
    execArgv: ['--import', tsx],
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  })
  await log.close()
  return supervisor
}

async function readiness(supervisor: ChildProcess, dataFolder: string): Promise<Omit<Announcement, 'pid'>> {
  const answer = await new Promise<SupervisorMessage>((resolve) => {
    supervisor.once('message', (message: SupervisorMessage) => resolve(message))
    supervisor.once('exit', () => resolve({ failed: `The embedded services ended; see ${logPath(dataFolder)}.` }))
  })
  if ('ready' in answer) return answer.ready
  throw new AskError('database-unavailable', answer.failed)
}
