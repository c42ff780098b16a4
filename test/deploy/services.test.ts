import { randomBytes } from 'node:crypto'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../src/embedded/freePort.ts'
import { testRedisUrl } from '../support/redis.ts'
import { databaseUrlOf, withServer } from '../support/server.ts'
import { type Service, servicesWith } from './composeFile.ts'
import { isHealthy, type Local, type LocalService, startService } from './localService.ts'

/** SIGTERM to exit: what Docker gives a container that says nothing about it. */
const STOPS_WITHIN_MS = 10_000

async function emptyDatabase(): Promise<string> {
  const server = inject('databaseUrl')
  const name = inject('databasePrefix') + randomBytes(6).toString('hex')
  await withServer(server, (sql) => sql`create database ${sql(name)}`)
  onTestFinished(() => withServer(server, (sql) => sql`drop database ${sql(name)} with (force)`).then(() => undefined))
  return databaseUrlOf(server, name)
}

/** The compose file with the servers of this test run in the place of its own. */
async function composeHere(): Promise<{ services: Record<string, Service>; local: Local }> {
  const [database, redis, port] = await Promise.all([emptyDatabase(), testRedisUrl(), freePort()])
  const services = servicesWith({
    POSTGRES_PASSWORD: 'postgres-secret',
    REDIS_PASSWORD: 'redis-secret',
    POOLKEEPER_KEY: randomBytes(32).toString('base64'),
    POOLKEEPER_HASH_KEY: randomBytes(32).toString('base64'),
  })
  const local: Local = (text) =>
    text
      .replace('postgres://poolkeeper:postgres-secret@postgres:5432/poolkeeper', database)
      .replace('redis://:redis-secret@redis:6379', redis)
      .replace('0.0.0.0', '127.0.0.1')
      .replace('7300', `${port}`)
  return { services, local }
}

async function stop({ process, ended }: LocalService): Promise<{ end: number | string; inTime: boolean }> {
  const from = performance.now()
  process.kill('SIGTERM')
  const end = await ended
  return { end, inTime: performance.now() - from < STOPS_WITHIN_MS }
}

test('what `docker compose up --scale worker=2` starts migrates, becomes healthy and stops in time', async () => {
  const { services, local } = await composeHere()
  const service = (name: string): Service => {
    const found = services[name]
    if (!found) throw new Error(`docker-compose.yml has no ${name}`)
    return found
  }
  const migration = startService(service('migrate'), local)
  expect(await migration.ended, migration.output()).toBe(0)

  const running: LocalService[] = []
  for (const name of ['dashboard', 'scheduler', 'worker']) {
    expect(await isHealthy(service(name), local), `the ${name} is healthy before it runs`).toBe(false)
    const started = startService(service(name), local)
    running.push(started)
    await vi.waitFor(async () => expect(await isHealthy(service(name), local), started.output()).toBe(true), {
      timeout: 30_000,
      interval: 200,
    })
  }
  const second = startService(service('worker'), local)
  running.push(second)
  await vi.waitFor(() => expect(second.output()).toContain('worker is up'), { timeout: 30_000 })

  const ends = await Promise.all(running.map(stop))
  expect(ends, running.map(({ output }) => output()).join('\n')).toEqual(running.map(() => ({ end: 0, inTime: true })))
  expect(await isHealthy(service('worker'), local), 'the worker is healthy after it ended').toBe(false)
}, 120_000)
