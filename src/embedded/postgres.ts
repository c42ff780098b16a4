import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { AskError, errorCode } from '../errors.ts'
import { postgresAccount } from './account.ts'
import { postgresBinaries } from './binaries.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { freePort } from './freePort.ts'
import { lockHolder, removeStaleLock } from './lock.ts'

/** A server that runs under us. */
export interface Server {
  readonly url: string
  /** Resolves when it has ended, asked to or not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Whether what is committed survives a power cut. Tests do without and are faster. */
  readonly durable: boolean
  /** Path of the server's log, begun anew at each start. */
  readonly log: string
  /** Default: a free one. */
  readonly port?: number
}

/**
 * Starts the Postgres of a data folder on 127.0.0.1 and waits until it answers. It ends with this process, however this
 * process ends.
 * @throws AskError with the end of the server's log when it does not start.
 */
export async function startPostgres(dataFolder: string, options: PostgresOptions): Promise<Server & Cluster> {
  const binaries = await postgresBinaries()
  const cluster = await openCluster(dataFolder, binaries, options)
  await removeStaleLock(cluster.data)
  const deadline = Date.now() + PREDECESSOR_MS
  for (;;) {
    const server = await launch(cluster, binaries, options)
    if (await answers(server)) return { ...server, ...cluster }
    const log = await readFile(options.log, 'utf8')
    if (!HELD_BY_PREDECESSOR.test(log) || Date.now() > deadline) throw didNotStart(log, options.log)
    await delay(200)
  }
}

/** How long a server that was just told to stop, or lost its supervisor, may take to let go of its data. */
const PREDECESSOR_MS = 10_000
const HELD_BY_PREDECESSOR = /lock file "postmaster.pid" already exists|pre-existing shared memory block/

/**
 * Runs Postgres and stops it when stdin ends, which is what happens however its writer dies. `read` needs a stdin of its
 * own: sh gives /dev/null to what it runs in the background.
 */
const WATCH = `exec 3<&0
"$@" 3<&- & postgres=$!
{ read -r _; kill -INT $postgres; } <&3 & reader=$!
wait $postgres; kill $reader 2>/dev/null`

async function launch(cluster: Cluster, binaries: string, options: PostgresOptions): Promise<Server> {
  const { durable, log, port = await freePort() } = options
  const output = await open(log, 'w', 0o600)
  const command = [join(binaries, 'bin', 'postgres'), '-D', cluster.data, ...settings(port, durable)]
  const watcher = spawn('/bin/sh', ['-c', WATCH, 'sh', ...command], {
    cwd: '/',
    env: {},
    // A session of its own: Ctrl-C reaches every process of the terminal's group, and workers still need the database.
    detached: true,
    stdio: ['pipe', output.fd, output.fd],
    ...postgresAccount(),
  })
  const ended = once(watcher, 'exit').then(() => undefined)
  await output.close()
  return {
    url: `postgres://poolkeeper:${cluster.password}@127.0.0.1:${port}/postgres`,
    ended,
    stop: () => stop(watcher, cluster, ended),
  }
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    // Errors and their statements quote people's data: the log is to hold how the server fares, and nothing else.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Asks until the server answers (true) or has ended (false). */
async function answers(server: Server): Promise<boolean> {
  let alive = true
  const ended = server.ended.then(() => {
    alive = false
  })
  while (alive) {
    if (await accepts(server.url)) return true
    await Promise.race([ended, delay(20)])
  }
  return false
}

/** 57P03: it is starting up, or recovering from a crash. */
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', 'CONNECT_TIMEOUT', '57P03'])

async function accepts(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2 })
  try {
    await sql`select 1`
    return true
  } catch (error) {
    if (NOT_YET.has(errorCode(error) ?? '')) return false
    throw error
  } finally {
    await sql.end()
  }
}

function didNotStart(log: string, path: string): AskError {
  const tail = log.trim().split('\n').slice(-5).join('\n')
  return new AskError('database-unavailable', `The embedded Postgres did not start. The end of ${path}:\n${tail}`)
}

/** A fast shutdown writes everything out; where that takes longer than a person waits, the next start recovers instead. */
const SHUTDOWN_MS = 1_500

async function stop(watcher: ChildProcess, { data }: Cluster, ended: Promise<void>): Promise<void> {
  const holder = await lockHolder(data)
  const impatience = setTimeout(() => holder && process.kill(holder, 'SIGQUIT'), SHUTDOWN_MS)
  watcher.stdin?.end()
  await ended
  clearTimeout(impatience)
}
