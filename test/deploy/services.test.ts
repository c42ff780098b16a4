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
  const kinds = ['scheduler', 'worker', 'dashboard']
  const health = () => Promise.all(kinds.map((name) => isHealthy(service(name), local)))

  const migration = startService(service('migrate'), local)
  expect(await migration.ended, migration.output()).toBe(0)
  expect(await health(), 'health checks pass before anything runs').toEqual([false, false, false])

  const running = [...kinds, 'worker'].map((name) => startService(service(name), local))
  const logs = () => running.map(({ output }) => output()).join('\n')
  await vi.waitFor(async () => expect(await health(), logs()).toEqual([true, true, true]), {
    timeout: 60_000,
    interval: 500,
  })

  expect(await Promise.all(running.map(stop)), logs()).toEqual(running.map(() => ({ end: 0, inTime: true })))
  expect(await health(), 'health checks pass after everything ended').toEqual([false, false, false])
}, 120_000)
