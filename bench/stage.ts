import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CATEGORY_RATES } from '../src/cognito/quotas.ts'
import { childEnvironment, loadConfig, type SealingKey } from '../src/config.ts'
import { createDataflow } from '../src/dataflow/create.ts'
import type { CreateInput } from '../src/dataflow/input.ts'
import { closeDatabase, type Database, openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { startServices } from '../src/embedded/services.ts'
import { claimLimits, recordLimits } from '../src/quota/limits.ts'
import { findRun, type RunRecord } from '../src/run/history.ts'
import { requestRun } from '../src/run/request.ts'
import { isActive } from '../src/run/states.ts'
import type { SandboxOptions } from '../src/sandbox/sandbox.ts'
import type { DataflowSchemas } from '../src/snapshot/tables.ts'

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url))
/** Compiled, as the image runs it: tsx, which runs the sources, takes 45 MB in each process (measured). */
const COMMAND = join(CHECKOUT, 'dist/src/cli/main.js')
const SANDBOX = fileURLToPath(new URL('sandboxProcess.ts', import.meta.url))

/** A pool of an account's, with keys that may read it. */
export interface PoolAt {
  readonly accountId: string
  readonly poolId: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** The sandbox, with the pool of its first account. */
export interface SandboxAt extends PoolAt {
  readonly endpoint: string
  readonly region: string
  readonly pid: number
  /** The pools of all further accounts. */
  readonly others: readonly PoolAt[]
  /** Another pool of the first account. */
  readonly beside: PoolAt
}

export interface StageOptions extends SandboxOptions {
  /** Default 1. */
  readonly accounts?: number
  /** Users of the pool beside the first one. */
  readonly beside?: number
}

/** A thousand times AWS's quotas, 1.8 million users/s, are as good as none. */
export const NO_QUOTA = 1_000

/** What a bench plays on: servers and a database of its own, a sandbox, and real processes. All of it goes with it. */
export interface Stage {
  readonly db: Database
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly sandbox: SandboxAt
  /** Starts `poolkeeper <name>` so many times, and waits until all of them are up. */
  start(name: 'worker' | 'scheduler', count: number): Promise<ChildProcess[]>
  /** @param pool default: that of the first account */
  createDataflow(input: Partial<CreateInput> & { readonly name: string }, pool?: PoolAt): Promise<StagedDataflow>
  request(dataflow: { readonly id: number }): Promise<number>
  ended(run: number): Promise<RunRecord>
  /** @throws when it ends otherwise. */
  succeeded(run: number): Promise<RunRecord>
}

export type StagedDataflow = DataflowSchemas & { readonly name: string }

/** Sets the stage, plays, and clears it away however that ends. */
export async function onStage<T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  await compile()
  const folder = join(tmpdir(), `poolkeeper-bench-${randomBytes(4).toString('hex')}`)
  const services = await startServices(folder, { durable: true })
  const children: ChildProcess[] = []
  const db = openDatabase(services.databaseUrl, { name: 'bench', max: 4 })
  try {
    await migrate(db)
    const sandbox = await startSandbox(children, options)
    await tellLimits(db, sandbox, options.quota ?? 1)
    return await play(stageOf({ db, sandbox, children, services }))
  } finally {
    await Promise.all(children.map(end))
    await closeDatabase(db)
    await services.stop()
    await rm(await realpath(join(folder, 'postgres')), { recursive: true })
    await rm(folder, { recursive: true })
  }
}

let compiled: Promise<unknown> | undefined

/** Once, before the first stage: what is measured is what stands in the sources now. */
async function compile(): Promise<void> {
  compiled ??= promisify(execFile)('npm', ['run', 'build'], { cwd: CHECKOUT })
  await compiled
}

interface Props {
  readonly db: Database
  readonly sandbox: SandboxAt
  readonly children: ChildProcess[]
  readonly services: { readonly databaseUrl: string; readonly redisUrl: string }
}

function stageOf({ db, sandbox, children, services }: Props): Stage {
  const POOLKEEPER_KEY = randomBytes(32).toString('base64')
  const keys: readonly SealingKey[] = loadConfig({ POOLKEEPER_KEY }).keys
  const env = childEnvironment({
    ...{ POOLKEEPER_KEY, POOLKEEPER_HASH_KEY: randomBytes(32).toString('base64') },
    ...{ DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl },
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: sandbox.endpoint,
  })
  return {
    ...{ db, databaseUrl: services.databaseUrl, redisUrl: services.redisUrl, sandbox },
    start: (name, count) => Promise.all(Array.from({ length: count }, () => startProcess(children, name, env))),
    createDataflow: (input, { poolId, credentials } = sandbox) =>
      createDataflow(db, keys, {
        ...{ poolId, credentials: { kind: 'access-key', ...credentials } },
        tables: [{ source: 'users', purpose: 'Customer 360' }],
        ...input,
      }),
    request: async ({ id }) => (await requestRun(db, { dataflowId: id, trigger: 'manual', requestedBy: 'a bench' })).id,
    ended: (run) => ended(db, run),
    succeeded: (run) => succeeded(db, run),
  }
}

async function startSandbox(children: ChildProcess[], options: StageOptions): Promise<SandboxAt> {
  const child = fork(SANDBOX, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] })
  children.push(child)
  const [ready] = await once(child, 'message')
  return { ...ready, pid: child.pid }
}

/** As if runs had asked for the accounts' limits before, so that the one that is measured does not begin at AWS's defaults. */
async function tellLimits(db: Database, sandbox: SandboxAt, quota: number): Promise<void> {
  for (const { accountId: account } of [sandbox, ...sandbox.others]) {
    const owner = { account, region: sandbox.region }
    const rates = (await claimLimits(db, owner)).map(
      (category) => [category, CATEGORY_RATES[category] * quota] as const,
    )
    await recordLimits(db, owner, new Map(rates))
  }
}

async function startProcess(children: ChildProcess[], name: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMAND, name], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the ${name} ended: ${said}`)))
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2_000)
      if (said.includes(`${name} is up`)) resolve()
    })
  })
  return child
}

/** Asked more often, it took as much CPU as the sandbox took for a quarter of the pages (measured). */
const LOOK_EVERY_MS = 250

async function ended(db: Database, id: number): Promise<RunRecord> {
  for (;;) {
    const run = await findRun(db, id)
    if (!isActive(run.state)) return run
    await pause(LOOK_EVERY_MS)
  }
}

async function succeeded(db: Database, id: number): Promise<RunRecord> {
  const run = await ended(db, id)
  if (run.state !== 'succeeded') throw new Error(`run ${id} ended as ${run.state}: ${run.description}`)
  return run
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
