import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { childEnvironment, loadConfig } from '../../src/config.ts'
import { embeddedConfig } from '../../src/embedded/services.ts'
import { CHECKOUT, newDataFolder } from '../embedded/starting.ts'
import { createTestDatabase } from '../support/database.ts'
import { expectAllGone } from '../support/descendants.ts'
import { descendantsOf } from '../support/processTree.ts'
import { testRedisUrl } from '../support/redis.ts'
import { withServer } from '../support/server.ts'
import { removeDataFolder } from '../support/services.ts'

/** One folder for all of them, as for somebody who starts Poolkeeper day after day. */
const folder = newDataFolder()
afterAll(() => removeDataFolder(folder))

const EMBEDDED = { DATABASE_URL: '', REDIS_URL: '', POOLKEEPER_KEY: '', POOLKEEPER_DATA: folder }
const COMMAND = [process.execPath, 'bin/poolkeeper.js']

interface Up {
  readonly signIn: string
  readonly run: { readonly run: number; readonly state: string; readonly tables: readonly object[] } | null
}

interface Started {
  readonly process: ChildProcess
  readonly pid: number
  /** What it has written to stderr so far. */
  messages(): string
  /** Waits until everything is up. */
  up(): Promise<Up>
}

/** Runs it in a process group of its own, as a terminal does. */
function start(command: readonly string[], variables: Readonly<Record<string, string>>): Started {
  const [program = '', ...args] = command
  const env = childEnvironment({ ...variables, PORT: '0' })
  const child = spawn(program, args, { cwd: CHECKOUT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text
  })
  onTestFinished(() => void child.kill('SIGTERM'))
  return {
    process: child,
    pid: Number(child.pid),
    messages: () => written.stderr,
    up: () =>
      vi.waitFor(
        () => {
          expect(child.exitCode, written.stderr).toBeNull()
          return JSON.parse(written.stdout.slice(written.stdout.indexOf('{')))
        },
        { timeout: 60_000 },
      ),
  }
}

/** To the whole group, as a terminal sends it. */
async function pressCtrlC({ pid, process: child }: Started): Promise<{ code: number; seconds: number }> {
  const before = Date.now()
  process.kill(-pid, 'SIGINT')
  const [code] = await once(child, 'exit')
  return { code, seconds: (Date.now() - before) / 1000 }
}

test('the first start imports the demo pool, other terminals find it, and Ctrl-C leaves nothing behind', async () => {
  const started = start([...COMMAND, 'start', '--json'], EMBEDDED)
  const { run, signIn } = await started.up()
  expect(run).toMatchObject({ run: 1, state: 'succeeded', tables: expect.arrayContaining([]) })
  expect(run?.tables).toContainEqual(expect.objectContaining({ table: 'users', rows: 5000, added: 5000 }))
  expect((await fetch(signIn, { redirect: 'manual' })).status).toBeLessThan(400)

  const config = await embeddedConfig(loadConfig({ POOLKEEPER_DATA: folder }))
  const [users] = await withServer(config?.databaseUrl ?? '', (db) => db`select count(*)::int from demopool.users`)
  expect(users).toEqual({ count: 5000 })
  const history = await promisify(execFile)(process.execPath, ['bin/poolkeeper.js', 'history', '--json'], {
    cwd: CHECKOUT,
    env: childEnvironment(EMBEDDED),
  })
  expect(JSON.parse(history.stdout)).toMatchObject([{ run: 1, dataflow: 'DemoPool', requestedBy: 'npm start' }])

  const processes = await descendantsOf(started.pid)
  const end = await pressCtrlC(started)
  expect(end.code).toBe(0)
  // The compilers that tsx starts on a fresh machine end a moment after the processes that they worked for.
  await expectAllGone(processes, 5_000 - end.seconds * 1000)
  expect(existsSync(join(folder, 'services.json'))).toBe(false)
}, 90_000)

test('the next start shows what is there; a part that is killed is started again, unless it dies all the time', async () => {
  const started = start([...COMMAND, 'start', '--json'], EMBEDDED)
  expect((await started.up()).run).toMatchObject({ run: 1, state: 'succeeded' })

  const log = join(folder, 'logs', 'worker.log')
  const killWorker = async (nth: number) => {
    await vi.waitFor(() => expect(readFileSync(log, 'utf8').match(/worker is up/g)).toHaveLength(nth), 20_000)
    const worker = (await descendantsOf(started.pid)).find(({ command }) => command.includes('poolkeeper.js\0worker'))
    process.kill(Number(worker?.pid), 'SIGKILL')
  }
  for (const nth of [1, 2, 3]) await killWorker(nth)
  await vi.waitFor(() => expect(started.messages().match(/The worker ended by itself \(SIGKILL\)/g)).toHaveLength(3))
  const processes = await descendantsOf(started.pid)
  await killWorker(4)

  expect(await once(started.process, 'exit')).toEqual([1, null])
  expect(started.messages()).toContain('The worker has ended by itself (SIGKILL)')
  await expectAllGone(processes, 5_000)
}, 90_000)

test('without the sandbox it brings its servers for pools on AWS, and imports nothing', async () => {
  const started = start([...COMMAND, 'start', '--no-sandbox', '--json'], EMBEDDED)
  expect((await started.up()).run).toBeNull()
  const config = await embeddedConfig(loadConfig({ POOLKEEPER_DATA: folder }))
  expect(config).toMatchObject({ databaseUrl: expect.any(String), cognitoEndpoint: undefined })
  expect((await pressCtrlC(started)).code).toBe(0)
}, 60_000)

test.each([
  ['the process', [...COMMAND, 'start', '--json']],
  ['the npm that runs it', ['npm', 'start', '--', '--json']],
])(
  'kill -9 of %s leaves nothing behind',
  async (_, command) => {
    const started = start(command, EMBEDDED)
    await started.up()
    const processes = await descendantsOf(started.pid)

    started.process.kill('SIGKILL')

    await expectAllGone(processes, 10_000)
  },
  60_000,
)

test('on servers of the environment it seeds nothing', async () => {
  const { db, url } = await createTestDatabase()
  const servers = { DATABASE_URL: url, REDIS_URL: await testRedisUrl(), POOLKEEPER_DATA: folder }
  const started = start([...COMMAND, 'start', '--json'], servers)
  expect(await started.up()).toEqual({ run: null, signIn: expect.stringContaining('/sign-in?token=') })
  expect(await db.execute(sql`select from poolkeeper.dataflows`)).toHaveLength(0)
  expect((await pressCtrlC(started)).code).toBe(0)
}, 60_000)
