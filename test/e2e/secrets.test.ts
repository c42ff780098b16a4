import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openReader } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'

/** What people typed into Cognito: values of a user, and the name of the sandbox's second group. */
const CANARIES = ['CanaryName', 'canary@example.com', 'CanaryUsername', 'CanaryCustom', 'CanaryNul', 'quipe']

test("no secret and nobody's data reaches Redis, logs, errors or history, even where runs fail", async () => {
  const line = await createLine({ users: 150, groups: 2 })
  addCanaries(line)
  const dataflow = await line.createDataflow({ name: 'Canary' })
  const commands = await watchRedis(line)
  const processes = ['scheduler', 'worker'].map((name) => line.startWith({ LOG_LEVEL: 'trace' }, name))

  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  const fault = line.sandbox.faults.add({ kind: 'error500', operation: 'ListUsersInGroup', count: 6 })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  fault()
  expect(await runIntoRefusedRows(line, dataflow)).toMatchObject({ state: 'failed', cause: 'internal' })
  const [published] = await openReader(
    line.databaseUrl,
  )`select count(*) as n from canary.users where name = 'CanaryName'`
  expect(published?.n).toBe('1')

  const places = {
    'what was sent to Redis': commands(),
    'what is kept in Redis': await dump(line),
    'the output of the processes': processes.map((one) => one.output()).join(),
    'the runs': JSON.stringify(await line.db.execute(sql`select * from poolkeeper.runs`)),
    'the history as JSON': (await line.command('history', '--json')).stdout,
  }
  const secrets = [line.sandbox.credentials.secretAccessKey, line.env.POOLKEEPER_KEY ?? '']
  const found = Object.entries(places).flatMap(([place, text]) =>
    [...secrets, ...CANARIES].filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${place}`),
  )
  expect(found).toEqual([])
  for (const [place, text] of Object.entries(places)) expect(text.length, place).toBeGreaterThan(100)
  expect(places['what was sent to Redis']).toContain('poolkeeper-stream')
})

function addCanaries({ sandbox }: Line): void {
  const attributes = {
    name: 'CanaryName',
    email: 'canary@example.com',
    'custom:plan': 'CanaryCustom',
    nickname: 'CanaryNul \u0000',
    'custom:visits': 'CanaryNumber',
  }
  sandbox.addUser({ username: 'CanaryUsername', attributes })
}

/** Postgres refuses the rows, quoting a name in its message, the row in its detail, and drizzle all of them. */
async function runIntoRefusedRows(line: Line, dataflow: { id: number }) {
  line.sandbox.tune({ latencyMs: 300 })
  const run = await line.request(dataflow)
  await vi.waitFor(
    () =>
      line.db.execute(
        sql.raw(`alter table canary_snapshots.users_${run} add check (name <> 'CanaryName' or name::int > 0)`),
      ),
    { timeout: 20_000, interval: 10 },
  )
  line.sandbox.tune({ latencyMs: 0 })
  return line.ended(run)
}

/** Every command that anybody sends to this line's database, from now on. */
async function watchRedis({ redis, redisUrl }: Line): Promise<() => string> {
  const database = new URL(redisUrl).pathname.slice(1)
  const seen: string[] = []
  const monitor = await redis.monitor()
  monitor.on('monitor', (_time: string, args: string[], _source: string, which: string) => {
    if (which === database) seen.push(args.join(' '))
  })
  onTestFinished(() => monitor.disconnect())
  return () => seen.join('\n')
}

async function dump({ redis }: Line): Promise<string> {
  const keys = await redis.keys('*')
  const values = await Promise.all(
    keys.map(async (key) => {
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
    }),
  )
  return JSON.stringify([keys, values])
}
