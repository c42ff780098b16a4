import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { expect, onTestFinished, vi } from 'vitest'
import type { Account } from '../../src/embedded/account.ts'
import { withServer } from '../support/server.ts'

/** The checkout that the tests run in. */
export const CHECKOUT = join(import.meta.dirname, '..', '..')

/** The path of a data folder that is not there yet. */
export function newDataFolder(): string {
  return join(tmpdir(), `poolkeeper-embedded-${randomBytes(4).toString('hex')}`)
}

export interface Started {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly postgresFolder: string
}

/** Starts the services from a process of their own, under another account and from another checkout if need be. */
export async function startElsewhere(
  dataFolder: string,
  { account, checkout = CHECKOUT }: { account?: Account; checkout?: string } = {},
): Promise<{ process: ChildProcess; started: Started }> {
  const tsx = createRequire(join(checkout, 'package.json')).resolve('tsx/esm')
  const starter = fork(join(checkout, 'test/embedded/starter.ts'), [dataFolder], {
    execArgv: ['--import', pathToFileURL(tsx).href],
    ...account,
  })
  onTestFinished(() => void starter.kill('SIGKILL'))
  const [started] = await Promise.race([
    once(starter, 'message'),
    once(starter, 'exit').then(() => Promise.reject(new Error('the starter ended'))),
  ])
  return { process: starter, started }
}

/** What Postgres and Valkey answer when they are well. */
export async function askBoth({ databaseUrl, redisUrl }: Started): Promise<[string | undefined, string]> {
  const redis = new Redis(redisUrl)
  const [row] = await withServer(databaseUrl, (sql) => sql<{ server_encoding: string }[]>`show server_encoding`)
  const pong = await redis.ping()
  redis.disconnect()
  return [row?.server_encoding, pong]
}

export async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Waits until nobody listens there any more. */
export function expectGone(...urls: string[]): Promise<void> {
  return vi.waitFor(async () => expect(await Promise.all(urls.map(isListening))).not.toContain(true), {
    timeout: 10_000,
    interval: 50,
  })
}
