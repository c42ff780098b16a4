import { setTimeout as pause } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import { REQUEST_QUEUE } from '../../src/queue/queues.ts'
import { openDashboardForTest, signedIn, type Visitor } from '../dashboard/visitor.ts'
import { createLine, type Line } from '../support/line.ts'
import { HAS_REDIS_SERVER, type Keeps, type OwnRedis, startOwnRedis } from '../support/ownRedis.ts'
import { expectExact, SOON, waitForPages } from '../support/watching.ts'
import { type Crew, hire, mostComplaints } from './crew.ts'
import { openTasks, pickUp } from './pickUp.ts'
import { figure, ROUNDS } from './round.ts'
import { type Watch, watchPublished } from './watch.ts'

/** In a short round Redis is away for as long as it takes to ask for things meanwhile, which is some seconds. */
const AWAY_MS = ROUNDS === 1 ? 0 : 30_000

const LOW_ON_MEMORY_MS = ROUNDS === 1 ? 3_000 : 30_000

/** A tick is 5 s from the end of a round to the beginning of the next. */
const TWO_TICKS_MS = 10_000

/** A person or a probe waits for the answer. */
const GOOD_TIME_MS = 10_000

/** Lines that a process may write about one fault, however long it lasts: one a minute for each thing that it can't do. */
const COMPLAINTS = 20

test('Redis killed with -9, away, and back with nothing kept: all runs end once, those requested meanwhile too', () =>
  outliveRedis('nothing'))

test.runIf(HAS_REDIS_SERVER)(
  'Redis killed with -9, away, and back with its append-only file: all runs end once (needs redis-server)',
  () => outliveRedis('everything'),
)

async function outliveRedis(keeps: Keeps): Promise<void> {
  const stage = await createStage(keeps)
  const { redis, line } = stage
  const visit = await signedIn(await openDashboardForTest({ ...line, redisUrl: redis.url }), line.db)
  const unwanted = await line.createDataflow({ name: 'Unwanted' })
  for (const name of ['Meanwhile', 'Queued']) await line.createDataflow({ name })
  await beginTwoRuns(stage)
  const cancelled = await line.request(unwanted)
  await redis.kill()

  const back = pause(AWAY_MS)
  const queued = askOnTheQueue(redis.url, 'Queued')
  const answers = [
    ...(await askCommands(line, [['run', 'Meanwhile'], ['history'], ['cancel', `${cancelled}`]])),
    ...(await askPages(visit, { '/': 200, '/runs': 200, '/healthz': 200, '/readyz': 200, '/queues': 503 })),
  ]
  await back
  await redis.startAgain()
  const backAt = performance.now()
  await queued
  await vi.waitFor(async () => expect(await statesOf(line)).toEqual({ succeeded: 4, cancelled: 1 }), {
    timeout: 60_000,
  })
  figure('from its return to the end of all runs', (performance.now() - backAt) / 1000, 's')
  figure('the slowest answer meanwhile', Math.max(...answers) / 1000, 's')
  await expectPublishedOnce(stage, ['reading', 'waiting', 'meanwhile', 'queued'])
}

test('FLUSHALL in the middle of a run: what was lost with it goes on within two reconcile ticks', {
  timeout: 60_000 * (1 + ROUNDS),
}, async () => {
  const stage = await createStage('nothing')
  const slowest: number[] = []
  for (let flushes = 1; flushes <= ROUNDS; flushes++) {
    await beginTwoRuns(stage)
    await stage.redis.client.flushall()
    slowest.push(await goesOn(stage.line))
    await vi.waitFor(async () => expect(await statesOf(stage.line)).toEqual({ succeeded: 2 * flushes }), SOON)
  }
  figure('slowest to be picked up', Math.max(...slowest) / 1000, 's')
  expect(Math.max(...slowest)).toBeLessThan(TWO_TICKS_MS)
  await expectPublishedOnce(stage, ['reading', 'waiting'])
})

test('Redis out of memory in the middle of a run: work goes on within two reconcile ticks after it has some again', async () => {
  const stage = await createStage('nothing')
  const { redis, line } = stage
  await line.createDataflow({ name: 'Meanwhile' })
  await beginTwoRuns(stage)
  await redis.client.config('SET', 'maxmemory', '1')
  // streams that want to be put off, and can't be
  const passing = line.sandbox.faults.add({ kind: 'error500' })
  await askCommands(line, [['run', 'Meanwhile']])
  await pause(LOW_ON_MEMORY_MS)
  passing()
  await redis.client.config('SET', 'maxmemory', '0')
  const slowest = await goesOn(line)
  await vi.waitFor(async () => expect(await statesOf(line)).toEqual({ succeeded: 3 }), SOON)
  figure('slowest to be picked up', slowest / 1000, 's')
  expect(slowest).toBeLessThan(TWO_TICKS_MS)
  await expectPublishedOnce(stage, ['reading', 'waiting', 'meanwhile'])
})

interface Stage {
  readonly redis: OwnRedis
  readonly line: Line
  readonly crew: Crew
  readonly reading: Dataflow
  readonly waiting: Dataflow
  readonly watch: Watch
}

/** A Redis of this test's own, a scheduler and a worker that are connected to it, and two dataflows. */
async function createStage(keeps: Keeps): Promise<Stage> {
  const redis = await startOwnRedis(keeps)
  const line = await createLine({ users: 2_000, groups: 3, latencyMs: 150 })
  const reading = await line.createDataflow({ name: 'Reading' })
  const waiting = await line.createDataflow({ name: 'Waiting' })
  const crew = await hire(line, ['scheduler', 'worker'], { REDIS_URL: redis.url })
  const watch = watchPublished(line, 'reading')
  watch.allow()
  return { redis, line, crew, reading, waiting, watch }
}

/** One run is being read; the streams of the other one have just been handed to Redis. */
async function beginTwoRuns({ line, ...stage }: Stage): Promise<void> {
  const reading = await line.request(stage.reading)
  await waitForPages(line, 6, reading)
  const waiting = await line.request(stage.waiting)
  const handedOut = sql`select from poolkeeper.tasks
    where run_id = ${waiting} and kind = 'stream' and dispatched_at is not null`
  await vi.waitFor(async () => expect(await line.db.execute(handedOut)).not.toHaveLength(0), SOON)
}

/** As another service does: its request waits on its side until Redis is back. */
async function askOnTheQueue(url: string, dataflow: string): Promise<void> {
  const queue = new Queue(REQUEST_QUEUE, { connection: { url } })
  queue.on('error', () => undefined)
  onTestFinished(() => queue.close())
  await queue.add('request', { dataflow, requestedBy: 'another service' }, { jobId: 'asked-meanwhile' })
}

/** @returns how long each took, in ms */
async function askCommands(line: Line, commands: readonly (readonly string[])[]): Promise<number[]> {
  const took: number[] = []
  for (const command of commands) {
    took.push(await inGoodTime(async () => expect(await line.command(...command)).toMatchObject({ code: 0 })))
  }
  return took
}

/** @returns how long each took, in ms */
async function askPages(visit: Visitor, pages: Readonly<Record<string, number>>): Promise<number[]> {
  return Promise.all(
    Object.entries(pages).map(([path, status]) =>
      inGoodTime(async () => expect((await visit(path)).status, path).toBe(status)),
    ),
  )
}

async function inGoodTime(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  const took = performance.now() - from
  expect(took).toBeLessThan(GOOD_TIME_MS)
  return took
}

/** @returns the time, in ms, until all that is left to do now has been taken up, or is done */
async function goesOn(line: Line): Promise<number> {
  return Math.max(...(await Promise.all((await openTasks(line)).map((task) => pickUp(line, task)))))
}

async function statesOf({ db }: Line): Promise<Record<string, number>> {
  const states = await db.execute<{ state: string; count: number }>(
    sql`select state, count(*)::int as count from poolkeeper.runs group by state`,
  )
  return Object.fromEntries(states.map(({ state, count }) => [state, count]))
}

/** Each run that succeeded published once, what is published equals the pool, and nobody wrote much about it. */
async function expectPublishedOnce({ line, crew, watch }: Stage, schemas: readonly string[]): Promise<void> {
  for (const schema of schemas) await expectExact(line, schema)
  const { succeeded } = await statesOf(line)
  expect(await line.db.execute(sql`select from poolkeeper.publications`)).toHaveLength(succeeded ?? 0)
  expect(mostComplaints(crew)).toBeLessThan(COMPLAINTS)
  const { seen, polls } = await watch.stop()
  expect(seen).toHaveLength(2)
  figure('most lines of complaint in a process', mostComplaints(crew))
  figure('looks of the reader', polls)
}
