import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, vi } from 'vitest'
import { loadConfig, type SealingKey } from '../../src/config.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import type { CreateInput } from '../../src/dataflow/input.ts'
import type { Database } from '../../src/db/database.ts'
import { findRun, type RunRecord } from '../../src/run/history.ts'
import { requestRun } from '../../src/run/request.ts'
import { isActive } from '../../src/run/states.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createTestDatabase } from './database.ts'
import { type RunningCommand, startCommand } from './processes.ts'
import { testRedisUrl } from './redis.ts'

/** Everything that an import needs, for one test: a database, Redis, a pool, and processes to be started. */
export interface Line {
  readonly db: Database
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly sandbox: Sandbox
  readonly keys: readonly SealingKey[]
  /** The environment of a process of this line. */
  readonly env: Readonly<Record<string, string>>
  start(...args: string[]): RunningCommand
  /** Makes a dataflow on the sandbox's pool. */
  createDataflow(input: Partial<CreateInput> & { name: string }): Promise<{ id: number; schema: string }>
  /** Requests a run and waits for its end. */
  run(dataflow: { id: number }): Promise<RunRecord>
  request(dataflow: { id: number }): Promise<number>
  /** Waits for the end of a run. */
  ended(run: number): Promise<RunRecord>
}

/** Quotas a thousand times AWS's unless the test is about them: most tests are about rows. */
export async function createLine(options: SandboxOptions = {}): Promise<Line> {
  const [{ db, url: databaseUrl }, redisUrl, sandbox] = await Promise.all([
    createTestDatabase(),
    testRedisUrl(),
    startSandbox({ quota: 1_000, ...options }),
  ])
  onTestFinished(() => sandbox.stop())
  const key = randomBytes(32).toString('base64')
  const { keys } = loadConfig({ POOLKEEPER_KEY: key })
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    POOLKEEPER_KEY: key,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: sandbox.endpoint,
    AWS_ENDPOINT_URL_STS: sandbox.endpoint,
  }
  const line: Line = {
    ...{ db, databaseUrl, redisUrl, sandbox, keys, env },
    start: (...args) => startCommand(args, env),
    createDataflow: (input) =>
      createDataflow(db, keys, {
        poolId: sandbox.poolId,
        credentials: { kind: 'access-key', ...sandbox.credentials },
        ...input,
      }),
    request: async ({ id }) =>
      (await requestRun(db, { dataflowId: id, trigger: 'manual', requestedBy: 'the test' })).id,
    run: async (dataflow) => line.ended(await line.request(dataflow)),
    ended: (run) =>
      vi.waitFor(
        async () => {
          const record = await findRun(db, run)
          expect(isActive(record.state), `run ${run} is still ${record.state}`).toBe(false)
          return record
        },
        { timeout: 25_000, interval: 50 },
      ),
  }
  return line
}
