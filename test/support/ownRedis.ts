import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { expect, onTestFinished, vi } from 'vitest'
import { freePort } from '../../src/embedded/freePort.ts'
import { SOON } from './watching.ts'

/** Of Debian's package; where it is not installed, Valkey stands in for what keeps nothing on disk. */
const REDIS_SERVER = '/usr/bin/redis-server'
const PASSWORD = 'own'

/** Whether a Redis that keeps what it was told can be started here. */
export const HAS_REDIS_SERVER = existsSync(REDIS_SERVER)

/** With an append-only file all that was acknowledged survives a `kill -9`; without, nothing does. */
export type Keeps = 'everything' | 'nothing'

/** A Redis of one test's own: its process may be killed and its memory flushed. */
export interface OwnRedis {
  readonly url: string
  /** Somebody who is connected to it all the time. */
  readonly client: Redis
  /** `kill -9`. */
  kill(): Promise<void>
  /** Starts it again, at the same address, on what it has kept. */
  startAgain(): Promise<void>
}

/** Starts a Redis as a process of its own; it ends with the test. */
export async function startOwnRedis(keeps: Keeps): Promise<OwnRedis> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'poolkeeper-redis-'))
  const command = HAS_REDIS_SERVER ? redisServer(port, folder, keeps) : valkey(port)
  let server: ChildProcess | undefined
  const client = new Redis({ port, password: PASSWORD, maxRetriesPerRequest: null, retryStrategy: () => 100 })
  client.on('error', () => undefined)

  async function kill(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
  async function startAgain(): Promise<void> {
    const [program = '', ...args] = command
    server = spawn(program, args, { stdio: 'ignore' })
    // it refuses everything while it loads its file
    await vi.waitFor(async () => expect(await client.ping()).toBe('PONG'), SOON)
  }

  onTestFinished(async () => {
    client.disconnect()
    await kill()
    await rm(folder, { recursive: true })
  })
  await startAgain()
  return { url: `redis://:${PASSWORD}@127.0.0.1:${port}`, client, kill, startAgain }
}

function redisServer(port: number, folder: string, keeps: Keeps): string[] {
  const appendonly = keeps === 'everything' ? 'yes' : 'no'
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--requirepass', PASSWORD]
  return [REDIS_SERVER, ...place, '--appendonly', appendonly, '--save', '', '--maxmemory-policy', 'noeviction']
}

function valkey(port: number): string[] {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href
  const script = fileURLToPath(new URL('ownValkey.ts', import.meta.url))
  return [process.execPath, '--import', tsx, script, `${port}`, PASSWORD]
}
