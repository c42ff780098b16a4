import { connect } from 'node:net'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, vi } from 'vitest'
import type { Visitor } from '../dashboard/visitor.ts'
import type { Line } from './line.ts'

/** Everything that there is to be read in some place, as one text. */
export type Places = Readonly<Record<string, string>>

/** None of the canaries sings in any of the places, each of which holds something. */
export function expectSilence(places: Places, canaries: readonly string[]): void {
  const found = Object.entries(places).flatMap(([place, text]) =>
    canaries.filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${place}`),
  )
  expect(found).toEqual([])
  for (const [place, text] of Object.entries(places)) expect(text.length, place).toBeGreaterThan(100)
}

/**
 * Every command that anybody sends to this line's database, from now on. Over a plain socket: ioredis's `monitor` takes
 * a command that comes along with the OK for an answer, and throws it where nobody can catch it (taskforcesh/bullmq#2505).
 */
export async function watchRedis({ redisUrl }: Line): Promise<() => string> {
  const { hostname, port, password, pathname } = new URL(redisUrl)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  onTestFinished(() => void socket.destroy())
  let seen = ''
  socket.on('data', (chunk) => {
    seen += chunk
  })
  socket.write(password ? `AUTH ${decodeURIComponent(password)}\r\nMONITOR\r\n` : 'MONITOR\r\n')
  await vi.waitFor(() => expect(seen.split('\r\n').filter((line) => line === '+OK')).toHaveLength(password ? 2 : 1))
  const ours = `[${pathname.slice(1)} `
  const commands = () => seen.split('\r\n').filter((line) => line.includes(ours))
  return () => commands().join('\n')
}

/** All that Redis keeps, of every type. */
export async function redisContent({ redis }: Line): Promise<string> {
  const keys = await redis.keys('*')
  const values = await Promise.all(keys.map((key) => contentOf(redis, key)))
  return JSON.stringify([keys, values])
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return redis.get(key)
  }
}

/** All control tables, but for the names of groups: a stream of members has to know whose they are. */
export async function controlTables({ db }: Line): Promise<string> {
  const tables = await db.execute<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'poolkeeper'`,
  )
  const rows = await Promise.all(
    tables.map(({ name }) => db.execute(`select to_jsonb(t) #- '{stream,group}' as row from poolkeeper.${name} t`)),
  )
  return JSON.stringify(rows)
}

/** Every table of the database that is not Postgres's own, row by row. */
export async function allTables({ db }: Pick<Line, 'db'>): Promise<string> {
  const tables = await db.execute<{ name: string }>(`select c.oid::regclass::text as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`)
  const rows = await Promise.all(tables.map(({ name }) => db.execute(`select to_jsonb(t) as row from ${name} t`)))
  return JSON.stringify(tables.map(({ name }, at) => [name, rows[at]]))
}

interface BoardQueues {
  readonly queues: readonly { readonly name: string; readonly jobs: readonly { readonly id: string }[] }[]
}

/** All that Bull Board answers: its queues, every job and every job's log. */
export async function bullBoard(visit: Visitor): Promise<string> {
  const text = async (path: string) => (await visit(`/queues/api/queues${path}`)).text()
  const listed: BoardQueues = JSON.parse(await text(''))
  const answers = await Promise.all(listed.queues.map(({ name }) => text(`?activeQueue=${name}&jobsPerPage=200`)))
  const jobs = answers
    .flatMap((answer) => (JSON.parse(answer) as BoardQueues).queues)
    .flatMap(({ name, jobs }) => jobs.map(({ id }) => `/${name}/${id}`))
  expect(jobs.length).toBeGreaterThan(0)
  const details = await Promise.all(jobs.flatMap((job) => [text(job), text(`${job}/logs`)]))
  return [...answers, ...details].join('\n')
}

/** Every page of the dashboard. */
export async function dashboardPages(visit: Visitor, runs: readonly number[]): Promise<string> {
  const paths = ['/', '/runs', ...runs.map((run) => `/runs/${run}`)]
  const pages = await Promise.all(paths.map(async (path) => (await visit(path)).text()))
  return pages.join('\n')
}
