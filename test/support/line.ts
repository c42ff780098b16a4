import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, onTestFinished, vi } from 'vitest'
import { loadConfig, type SealingKey } from '../../src/config.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import type { CreateInput } from '../../src/dataflow/input.ts'
import type { Database } from '../../src/db/database.ts'
import type { Stoppable } from '../../src/lifecycle.ts'
import { createLogger } from '../../src/logger.ts'
import { claimLimits } from '../../src/quota/limits.ts'
import { findRun, type RunRecord } from '../../src/run/history.ts'
import { requestRun } from '../../src/run/request.ts'
import { isActive } from '../../src/run/states.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startScheduler } from '../../src/scheduler/scheduler.ts'
import { startWorker } from '../../src/worker/worker.ts'
import { createTestDatabase } from './database.ts'
import { type Finished, type RunningCommand, runCommand, startCommand } from './processes.ts'
import { testRedisUrl } from './redis.ts'

/** A run waits for its share of AWS's quota, and the machine may have other things to do. */
vi.setConfig({ testTimeout: 90_000 })

const START = { scheduler: startScheduler, worker: startWorker }

/** Everything that an import needs, for one test: a database, Redis, a pool, and what works on them. */
export interface Line {
  readonly db: Database
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly redis: Redis
  readonly sandbox: Sandbox
  readonly keys: readonly SealingKey[]
  /** The environment of a process of this line. */
  readonly env: Readonly<Record<string, string>>
  /** Starts `poolkeeper <args>` as a process of its own, to be killed for real. */
  start(...args: string[]): RunningCommand
  /** The same with some variables of its environment set otherwise. */
  startWith(variables: Readonly<Record<string, string>>, ...args: string[]): RunningCommand
  /** Runs `poolkeeper <args>` to its end. */
  command(...args: string[]): Promise<Finished>
  /** Starts a scheduler and a worker (or only one of them) within this process: 1.5 s sooner than as processes. */
  startHere(
    which?: readonly (keyof typeof START)[],
    otherwise?: {
      databaseUrl?: string
      redisUrl?: string
      hashKey?: undefined
      keys?: readonly SealingKey[]
      webhookHosts?: readonly string[]
    },
  ): Promise<void>
  /** Makes a dataflow on the sandbox's pool. */
  createDataflow(input: Partial<CreateInput> & { name: string }): Promise<Dataflow>
  /** Requests a run and waits for its end. @param tables default: all of them */
  run(dataflow: { id: number }, tables?: readonly string[] | null): Promise<RunRecord>
  request(dataflow: { id: number }, tables?: readonly string[] | null): Promise<number>
  /** Waits for the end of a run. @param withinMs default: a minute */
  ended(run: number, withinMs?: number): Promise<RunRecord>
}

/** Quotas a thousand times AWS's unless the test is about them: most tests are about rows. */
export async function createLine(options: SandboxOptions = {}, database?: LineDatabase): Promise<Line> {
  const sandbox = await startSandbox({ quota: 1_000, ...options })
  onTestFinished(() => sandbox.stop())
  const line = await createLineAt(sandbox.endpoint, sandbox, database)
  // As if AWS had just been asked and not answered: tests are timed by the quotas that it documents.
  await claimLimits(line.db, { account: sandbox.accountId, region: sandbox.region })
  return { ...line, sandbox }
}

/** A migrated database without a row. */
export interface LineDatabase {
  readonly db: Database
  readonly url: string
}

/** What a line knows of the endpoint that its dataflows read, whoever answers there. */
interface Origin {
  readonly poolId: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A line whose pools are somebody else's than the sandbox's. @param database default: one of its own */
export async function createLineAt(
  endpoint: string,
  { poolId, credentials }: Origin,
  database?: LineDatabase,
): Promise<Omit<Line, 'sandbox'>> {
  const [{ db, url: databaseUrl }, redisUrl] = await Promise.all([database ?? createTestDatabase(), testRedisUrl()])
  const redis = new Redis(redisUrl)
  onTestFinished(() => redis.disconnect())
  const [key, hash] = [newKey(), newKey()]
  const { keys, hashKey, webhookHosts, url } = loadConfig({ POOLKEEPER_KEY: key, POOLKEEPER_HASH_KEY: hash })
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    POOLKEEPER_KEY: key,
    POOLKEEPER_HASH_KEY: hash,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  const line: Omit<Line, 'sandbox'> = {
    ...{ db, databaseUrl, redisUrl, redis, keys, env },
    start: (...args) => startCommand(args, env),
    startWith: (variables, ...args) => startCommand(args, { ...env, ...variables }),
    command: (...args) => runCommand(args, env),
    async startHere(which = ['scheduler', 'worker'], otherwise) {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
      onTestFinished(() => void vi.unstubAllEnvs())
      const logger = createLogger('test', 'silent')
      const options = { databaseUrl, redisUrl, keys, hashKey, webhookHosts, url, logger, ...otherwise }
      for (const name of which) stopInTheEnd(await START[name](options))
    },
    createDataflow: (input) =>
      createDataflow(db, keys, {
        poolId,
        credentials: { kind: 'access-key', ...credentials },
        ...input,
      }),
    request: async ({ id }, tables = null) =>
      (await requestRun(db, { dataflowId: id, tables, trigger: 'manual', requestedBy: 'the test' })).id,
    run: async (...asked) => line.ended(await line.request(...asked)),
    ended: (run, withinMs = 60_000) =>
      vi.waitFor(
        async () => {
          const record = await findRun(db, run)
          expect(isActive(record.state), `run ${run} is still ${record.state}`).toBe(false)
          return record
        },
        { timeout: withinMs, interval: 50 },
      ),
  }
  return line
}

const newKey = () => randomBytes(32).toString('base64')

function stopInTheEnd(running: Stoppable): void {
  onTestFinished(async () => {
    await running.quiet()
    await running.stop()
  })
}
