import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { dashboardAddress } from '../src/access/address.ts'
import { openProvider } from '../src/access/oidc.ts'
import type { SealingKey } from '../src/config.ts'
import { closeDatabase, openDatabase } from '../src/db/database.ts'
import { AskError, errorCode } from '../src/errors.ts'
import type { Stoppable } from '../src/lifecycle.ts'
import type { Logger } from '../src/logger.ts'
import type { OidcSettings } from '../src/oidcSettings.ts'
import { openRedis } from '../src/queue/redis.ts'
import { createOpenStreams } from './api/openStreams.ts'
import { createApp } from './app.ts'
import { openBoardQueues } from './bullBoard/queues.ts'
import { watchFleet } from './fleet.ts'
import type { Services } from './services.ts'

export interface DashboardOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly keys: readonly SealingKey[]
  readonly cognitoEndpoint: string | undefined
  /** Default: the same server. */
  readonly readersUrl?: string | undefined
  readonly oidc: OidcSettings | undefined
}

export interface RunningDashboard extends Stoppable {
  /** Where a person on this machine opens it. */
  readonly url: string
}

/**
 * Listens, and opens the connections. Neither server has to answer for that: a dashboard that starts before its
 * database says so on its pages, and works once the database is there.
 * @throws AskError when it can't listen on the given address
 */
export async function startDashboard(options: DashboardOptions, logger: Logger): Promise<RunningDashboard> {
  const server = await listen(options)
  const services = openServices(options, logger)
  server.on('request', createApp(services))
  return {
    url: dashboardAddress(options.host, portOf(server)),
    quiet: async () => {
      server.close()
      await services.streams.close()
    },
    stop: async () => {
      server.closeAllConnections()
      await closeServices(services)
    },
  }
}

/** Somebody waits for the page; its statements take milliseconds. */
const PATIENCE_MS = 5_000

function openServices(options: DashboardOptions, logger: Logger): Services {
  const { databaseUrl, redisUrl, keys, cognitoEndpoint, oidc, readersUrl = databaseUrl } = options
  const redis = openRedis(redisUrl, logger, { blocking: false })
  const db = openDatabase(databaseUrl, { name: 'dashboard', patienceMs: PATIENCE_MS })
  return {
    ...{ db, redis },
    streams: createOpenStreams(db),
    fleet: watchFleet(redis),
    queues: openBoardQueues(redis, logger),
    ...{ logger, keys, cognitoEndpoint, readersUrl },
    oidc: oidc && openProvider(oidc),
  }
}

/** The connection under the queues goes at once: closing a queue first would wait for a Redis that may be away. */
async function closeServices({ db, redis, fleet }: Services): Promise<void> {
  fleet.stop()
  redis.disconnect()
  await closeDatabase(db, 1)
}

/** First of all, so that a port that is taken is told before anything else was begun. */
async function listen(options: DashboardOptions): Promise<Server> {
  const server = createServer().listen(options.port, options.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw cannotListen(error, options)
  }
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port')
  return address.port
}

function cannotListen(error: unknown, { host, port }: DashboardOptions): unknown {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new AskError(
        'bad-configuration',
        `Port ${port} of ${host} is taken.`,
        'Stop what listens there, or set PORT to another one (0 takes any that is free).',
      )
    case 'EACCES':
      return new AskError('bad-configuration', `Port ${port} needs root.`, 'Set PORT to one above 1023.')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AskError('bad-configuration', `This machine has no address ${host}.`, 'Set HOST to one that it has.')
    default:
      return error
  }
}
