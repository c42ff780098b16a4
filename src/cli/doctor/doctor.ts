import type { Redis } from 'ioredis'
import { databaseTime } from '../../db/clock.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/database.ts'
import { openProbe } from '../../queue/redis.ts'
import { type CommandContext, type ServerConfig, serverConfig } from '../context.ts'
import { Unsuccessful } from '../exitCode.ts'
import type { Output } from '../output.ts'
import { type Check, checked, hasFailed } from './check.ts'
import { checkClocks, readClock } from './checkClocks.ts'
import { checkDataflows, type DataflowChecks } from './checkDataflows.ts'
import { checkNode } from './checkNode.ts'
import { checkPostgres } from './checkPostgres.ts'
import { checkProcesses } from './checkProcesses.ts'
import { checkRedis, redisTime } from './checkRedis.ts'

const MARKS: Readonly<Record<Check['status'], string>> = { ok: '✓', warning: '!', failed: '✗' }

/** A statement of the doctor takes milliseconds; a Postgres that is silent for longer is told as such. */
const PATIENCE_MS = 5_000

/** Looks at everything that Poolkeeper needs. @throws Unsuccessful if any of it is missing */
export async function examine(context: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const checks = [...(await checked('Node', () => checkNode())), ...(await checkServers(context))]
  const failed = checks.filter(({ status }) => status === 'failed')
  if (json) context.output.json({ ok: failed.length === 0, checks })
  else print(context.output, checks)
  if (failed.length > 0) throw new Unsuccessful(failed.map(({ check, detail }) => `${check}: ${detail}`).join(' '))
}

async function checkServers(context: CommandContext): Promise<readonly Check[]> {
  let servers: ServerConfig | undefined
  const configuration = await checked('Configuration', async () => {
    // reading `config` throws where the environment is wrong
    servers = await serverConfig(context.config)
    const where = context.config.databaseUrl
      ? 'servers from DATABASE_URL and REDIS_URL'
      : `embedded servers in ${servers.dataFolder}`
    return [{ check: 'Configuration', status: 'ok', detail: where }]
  })
  return servers ? [...configuration, ...(await withServers(servers, checkAll))] : configuration
}

interface Servers {
  readonly db: Database
  readonly redis: Redis
  readonly config: ServerConfig
}

async function withServers<T>(config: ServerConfig, work: (servers: Servers) => Promise<T>): Promise<T> {
  const db = openDatabase(config.databaseUrl, { name: 'doctor', max: 4, patienceMs: PATIENCE_MS })
  const redis = openProbe(config.redisUrl)
  try {
    return await work({ db, redis, config })
  } finally {
    redis.disconnect()
    await closeDatabase(db, 1)
  }
}

/** What rests on something that has failed is not looked at: it could only say the same. */
async function checkAll({ db, redis, config }: Servers): Promise<Check[]> {
  const [ofPostgres, ofRedis] = await Promise.all([
    checkPostgres(db, config.keys),
    checked('Redis', () => checkRedis(redis)),
  ])
  const [hasPostgres, hasRedis] = [!hasFailed(ofPostgres, 'Postgres'), !hasFailed(ofRedis, 'Redis')]
  const hasTables = hasPostgres && !hasFailed(ofPostgres, 'Control tables')
  const processes = hasTables && hasRedis ? await checked('Processes', () => checkProcesses(db, redis)) : []
  const { checks: ofDataflows, clock: aws } = hasTables ? await checkDataflows({ db, redis, ...config }) : NO_DATAFLOWS
  const clocks = await checked('Clock', async () =>
    checkClocks([
      ...(hasPostgres ? [await readClock('Postgres', async () => (await databaseTime(db)).getTime())] : []),
      ...(hasRedis ? [await readClock('Redis', () => redisTime(redis))] : []),
      ...(aws ? [aws] : []),
    ]),
  )
  return [...ofPostgres, ...ofRedis, ...clocks, ...processes, ...ofDataflows]
}

const NO_DATAFLOWS: DataflowChecks = { checks: [], clock: undefined }

function print(output: Output, checks: readonly Check[]): void {
  const width = Math.max(...checks.map(({ check }) => check.length))
  for (const { check, status, detail } of checks)
    output.line(`${MARKS[status]} ${`${check}:`.padEnd(width + 1)} ${detail}`)
}
