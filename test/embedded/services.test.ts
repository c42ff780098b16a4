import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { type EmbeddedServices, embeddedConfig, startServices } from '../../src/embedded/services.ts'
import { withServer } from '../support/server.ts'
import { removeDataFolder } from '../support/services.ts'
import { askBoth, newDataFolder } from './starting.ts'

const folder = newDataFolder()
let services: EmbeddedServices

beforeAll(async () => {
  services = await startServices(folder, { durable: false })
})

afterAll(async () => {
  await services.stop()
  await removeDataFolder(folder)
})

test('Postgres speaks UTF-8 and Valkey answers', async () => {
  expect(await askBoth(services)).toEqual(['UTF8', 'PONG'])
})

test('Valkey answers a thousand commands one after the other within a second or two, not in 100 s', async () => {
  const redis = new Redis(services.redisUrl)
  const before = Date.now()
  for (let n = 0; n < 1000; n++) await redis.incr('n')
  expect(await redis.get('n')).toBe('1000')
  expect(Date.now() - before).toBeLessThan(5_000)
  redis.disconnect()
})

test('nobody gets in without the password', async () => {
  const withWrong = (url: string) => url.replace(/:[^:@/]+@/, ':wrong@')
  await expect(withServer(withWrong(services.databaseUrl), (sql) => sql`select`)).rejects.toThrow('password')
  const redis = new Redis(withWrong(services.redisUrl), { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => redis.disconnect())
  await expect(redis.ping()).rejects.toThrow()
})

test('a second start on the same folder is refused and told which process has it', async () => {
  await expect(startServices(folder, { durable: false })).rejects.toThrow(`already, as process ${process.pid}`)
})

test('commands in other terminals find the servers, the key and the sandbox', async () => {
  await services.announceCognito('http://127.0.0.1:4566')
  const config = await embeddedConfig(loadConfig({ POOLKEEPER_DATA: folder }))
  expect(config).toMatchObject({
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    cognitoEndpoint: 'http://127.0.0.1:4566',
    keys: [{ bytes: expect.any(Buffer) }],
  })
  expect((await stat(join(folder, 'services.json'))).mode & 0o777).toBe(0o600)
})

test('what a person typed into Cognito does not reach the log of Postgres', async () => {
  const insertTwice = withServer(services.databaseUrl, async (sql) => {
    await sql`create table people (email text primary key, age int)`
    await sql`insert into people values ('zoe@example.com', 1), ('zoe@example.com', 2)`
  })
  await expect(insertTwice).rejects.toThrow('duplicate key')
  const badNumber = withServer(services.databaseUrl, (sql) => sql`select ${'zoe@example.com'}::text::int`)
  await expect(badNumber).rejects.toThrow('invalid input')

  const log = await readFile(join(folder, 'logs', 'postgres.log'), 'utf8')
  expect(log).toContain('ready to accept connections')
  expect(log).not.toContain('zoe')
})

test('a folder where nothing runs has no servers to offer', async () => {
  expect(await embeddedConfig(loadConfig({ POOLKEEPER_DATA: newDataFolder() }))).toBeUndefined()
})
