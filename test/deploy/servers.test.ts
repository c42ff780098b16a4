import { execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../src/embedded/freePort.ts'
import { withServer } from '../support/server.ts'
import { type Service, servicesWith } from './composeFile.ts'

/** The servers of Debian's packages, where they are installed: the same programs as in the images of the compose file. */
const REDIS_FOLDER = '/usr/bin'
const POSTGRES_FOLDERS = '/usr/lib/postgresql'
const [version] = existsSync(POSTGRES_FOLDERS) ? readdirSync(POSTGRES_FOLDERS) : []
const postgresFolder = join(POSTGRES_FOLDERS, version ?? '', 'bin')

/** Postgres refuses to run as root. */
const NOBODY = 65534
const account: SpawnOptions = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

const { postgres, redis } = servicesWith({
  POSTGRES_PASSWORD: 'postgres-secret',
  REDIS_PASSWORD: 'redis-secret',
  POOLKEEPER_KEY: 'key',
  POOLKEEPER_HASH_KEY: 'hash-key',
})

/** A folder that the servers' account may write to, and that goes with the test. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'poolkeeper-server-'))
  if (account.uid !== undefined) chownSync(folder, NOBODY, NOBODY)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Runs a service's own command, and stops it with the test as Docker would. */
function startServer(command: readonly string[], env: Record<string, string>): void {
  const [program = '', ...args] = command
  const server = spawn(program, args, { ...account, env, stdio: 'ignore' })
  const ended = once(server, 'exit')
  onTestFinished(async () => {
    server.kill('SIGTERM')
    await ended
  })
}

/** The exit code of a service's own health check. */
async function healthCode(service: Service | undefined, env: Record<string, string>, at: string): Promise<number> {
  const [form, ...check] = service?.healthcheck?.test ?? []
  const [program = '', ...args] =
    form === 'CMD' ? check : ['sh', '-c', ...check.map((text) => text.replace('redis-cli', `redis-cli ${at}`))]
  const [code] = await once(spawn(program, args, { env, stdio: 'ignore' }), 'exit')
  return code
}

test.runIf(existsSync(join(REDIS_FOLDER, 'redis-server')))(
  'Redis, started by the command of the compose file, is healthy, durable, evicts nothing and wants its password',
  async () => {
    const port = await freePort()
    const env = { PATH: REDIS_FOLDER, REDISCLI_AUTH: `${redis?.environment.REDISCLI_AUTH}` }
    const health = (credentials: Record<string, string>) => healthCode(redis, credentials, `-p ${port}`)
    startServer([...(redis?.command ?? []), '--port', `${port}`, '--bind', '127.0.0.1', '--dir', ownFolder()], env)

    await vi.waitFor(async () => expect(await health(env)).toBe(0), { timeout: 20_000 })
    expect(await health({ PATH: REDIS_FOLDER }), 'healthy without the password').not.toBe(0)
    const client = new Redis(`redis://:redis-secret@127.0.0.1:${port}`)
    onTestFinished(() => client.disconnect())
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  },
)

test.runIf(version)(
  'Postgres, started by the command of the compose file, is healthy and has connections for many workers',
  async () => {
    const [port, data] = [await freePort(), join(ownFolder(), 'data')]
    const env = { PATH: `${postgresFolder}:/usr/bin:/bin`, PGDATA: data, PGPORT: `${port}` }
    execFileSync('initdb', ['--username=poolkeeper', '--auth=trust', '--no-sync'], { ...account, env, stdio: 'ignore' })
    startServer([...(postgres?.command ?? []), '-k', '', '-c', 'listen_addresses=127.0.0.1'], env)

    await vi.waitFor(async () => expect(await healthCode(postgres, env, '')).toBe(0), { timeout: 20_000 })
    const [row] = await withServer(
      `postgres://poolkeeper@127.0.0.1:${port}/postgres`,
      (sql) => sql<{ connections: number }[]>`select current_setting('max_connections')::int as connections`,
    )
    expect(row?.connections).toBeGreaterThanOrEqual(20 * 20)
  },
)
