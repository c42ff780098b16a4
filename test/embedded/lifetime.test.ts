import { spawn } from 'node:child_process'
import { chown, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { postgresAccount } from '../../src/embedded/account.ts'
import { openDataFolder } from '../../src/embedded/folder.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import { startServices } from '../../src/embedded/services.ts'
import { withServer } from '../support/server.ts'
import { removeDataFolder } from '../support/services.ts'
import { expectGone, isListening, newDataFolder, startElsewhere } from './starting.ts'

/** One cluster for all of them: making one takes longer than starting it. */
const folder = newDataFolder()
afterAll(() => removeDataFolder(folder))

const start = () => startServices(folder, { durable: false })

test('data outlives a stop, and nothing keeps running', async () => {
  const first = await start()
  await withServer(first.databaseUrl, (sql) => sql`create table kept as select 42 as answer`)
  await first.stop()
  expect(await isListening(first.databaseUrl)).toBe(false)
  expect(await isListening(first.redisUrl)).toBe(false)

  const second = await start()
  onTestFinished(second.stop)
  expect(await withServer(second.databaseUrl, (sql) => sql`select answer from kept`)).toEqual([{ answer: 42 }])
})

test('kill -9 of the process that started them leaves no server behind, and the next start works', async () => {
  const { process: starter, started } = await startElsewhere(folder)
  expect(await isListening(started.databaseUrl)).toBe(true)

  starter.kill('SIGKILL')

  await expectGone(started.databaseUrl, started.redisUrl)
  await (await start()).stop()
})

test('kill -9 of the supervisor stops Postgres too, and the starter hears of it', async () => {
  const services = await start()
  onTestFinished(services.stop)

  process.kill(Number(services.supervisorPid), 'SIGKILL')

  await services.ended
  await expectGone(services.databaseUrl, services.redisUrl)
})

test("Ctrl-C's signals do not reach the servers: whoever started them decides", async () => {
  const services = await start()
  onTestFinished(services.stop)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(Number(services.supervisorPid), signal)
  expect(await withServer(services.databaseUrl, (sql) => sql`select 1 as alive`)).toEqual([{ alive: 1 }])
})

test('a start waits for a Postgres that is still going down', async () => {
  await openDataFolder(folder)
  const [earlierLog, laterLog] = [join(folder, 'logs', 'earlier.log'), join(folder, 'logs', 'later.log')]
  const earlier = await startPostgres(folder, { durable: false, log: earlierLog })
  const starting = startPostgres(folder, { durable: false, log: laterLog })
  await vi.waitFor(async () => expect(await readFile(laterLog, 'utf8')).toContain('already exists'), { timeout: 5_000 })

  await earlier.stop()

  const later = await starting
  onTestFinished(later.stop)
  expect(await isListening(later.url)).toBe(true)
})

test('a lock file whose process id belongs to another program by now does not stop a start', async () => {
  const account = postgresAccount()
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...account })
  onTestFinished(() => void stranger.kill())
  const lock = join(folder, 'postgres', 'data', 'postmaster.pid')
  await writeFile(lock, `${stranger.pid}\n${join(folder, 'postgres', 'data')}\n1\n5432\n\n127.0.0.1\n`)
  if (account) await chown(lock, account.uid, account.gid)

  await (await start()).stop()
})

test('a cluster that was only half made is made anew', async () => {
  const data = join(folder, 'postgres', 'data')
  await rename(data, `${data}.unfinished`)
  const services = await start()
  onTestFinished(services.stop)
  const tables = await withServer(services.databaseUrl, (sql) => sql`select from pg_tables where tablename = 'kept'`)
  expect(tables).toHaveLength(0)
})

test('a Postgres that can not start says why', async () => {
  await openDataFolder(folder)
  const config = join(folder, 'postgres', 'data', 'postgresql.conf')
  await writeFile(config, 'work_mem = nonsense\n')
  await expect(start()).rejects.toThrow(/did not start.*work_mem/s)
})
