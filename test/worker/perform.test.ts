import { DelayedError, type Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { eq } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { boundedLog } from '../../src/boundedLog.ts'
import { createGovernor } from '../../src/cognito/governor.ts'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { createLogger } from '../../src/logger.ts'
import type { TaskJob } from '../../src/queue/queues.ts'
import { findRun } from '../../src/run/history.ts'
import { readRunLog } from '../../src/run/log.ts'
import { claimTask } from '../../src/run/tasks.ts'
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { watchClaims } from '../../src/worker/claimWatch.ts'
import { type Performer, perform } from '../../src/worker/perform.ts'
import { createPools } from '../../src/worker/pools.ts'
import { createLine, type Line } from '../support/line.ts'

test('work that is done ends its job', async () => {
  const bench = await createBench()
  expect(await bench.perform()).toBe('Done.')
  expect(await bench.task()).toMatchObject({ state: 'done', requests: 1, claimedBy: 'the test' })
  expect(await bench.run()).toMatchObject({ state: 'streaming' })
})

test('a task that is done already, or whose run has ended, is nothing to do', async () => {
  const bench = await createBench()
  await bench.perform()
  expect(await bench.perform()).toMatch(/^Nothing left to do/)
})

test('what mends itself is put off, without counting as a failure', async () => {
  const bench = await createBench()
  bench.line.sandbox.faults.add({ kind: 'error500' })
  await expect(bench.perform()).rejects.toBeInstanceOf(DelayedError)
  expect(await bench.jobState()).toBe('delayed')
  expect(await bench.task()).toMatchObject({ state: 'ready', fruitlessStarts: 0, requests: 5 })
  expect((await bench.task()).waitingSince).toBeInstanceOf(Date)
  const { run } = await bench.run()
  expect(JSON.stringify(await readRunLog(bench.line.db, run))).toContain('It waits: Cognito in Region')
  expect(await bench.run()).toMatchObject({ state: 'planning', cause: null })
})

test('the log of a job tells who took it, what it waits for and how it ended', async () => {
  const bench = await createBench()
  const lines = (...words: string[]) => words.map((word) => expect.stringMatching(new RegExp(`^\\S+Z ${word}`)))
  bench.line.sandbox.faults.add({ kind: 'error500' })
  await expect(bench.perform()).rejects.toBeInstanceOf(DelayedError)
  await vi.waitFor(async () =>
    expect(await bench.jobLogs()).toEqual(lines('claimed by the test, from page 0', 'waiting: Cognito in Region')),
  )
  bench.line.sandbox.faults.clear()
  await bench.perform()
  await vi.waitFor(async () => expect(await bench.jobLogs()).toEqual(lines('claimed by the test', 'done')))
})

test('patience has an end: what did not mend itself for half an hour fails the run with its cause', async () => {
  const bench = await createBench({ waitingSince: new Date(Date.now() - 31 * 60_000) })
  bench.line.sandbox.faults.add({ kind: 'error500' })
  await expect(bench.perform()).rejects.toBeInstanceOf(UnrecoverableError)
  expect(await bench.run()).toMatchObject({ state: 'failed', cause: 'cognito-unavailable', requests: 5 })
})

test('what is permanent fails the run at once, and the job says the same as history', async () => {
  const bench = await createBench()
  bench.line.sandbox.faults.add({ kind: 'poolDeleted' })
  const failure = await bench.perform().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(UnrecoverableError)
  const run = await bench.run()
  expect(run).toMatchObject({ state: 'failed', cause: 'pool-not-found', requests: 1 })
  expect(failure).toHaveProperty('message', run.description)
  expect(bench.line.sandbox.requests.total).toBe(1)
})

test("its patience is measured by Postgres's clock: a worker two hours ahead loses none of it", async () => {
  const bench = await createBench({ waitingSince: new Date() })
  bench.line.sandbox.faults.add({ kind: 'error500' })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 })
  onTestFinished(() => void vi.useRealTimers())
  await expect(bench.perform()).rejects.toBeInstanceOf(DelayedError)
  expect(await bench.run()).toMatchObject({ state: 'planning', cause: null })
})

test('a full disk ends the run at once and says so: waiting would only keep it full', async () => {
  const bench = await createBench()
  await bench.failWith('disk_full')
  await expect(bench.perform()).rejects.toBeInstanceOf(UnrecoverableError)
  expect(await bench.run()).toMatchObject({
    state: 'failed',
    cause: 'database-full',
    description: expect.stringMatching(/disk is full.*Free some space, then retry/),
  })
})

test('a worker that lost its claim is turned away, whether its work went well', async () => {
  const bench = await createBench({}, { latencyMs: 300 })
  const late = bench.perform()
  await bench.takeOver()
  expect(await late).toMatch(/^Taken over by another worker/)
  expect(await bench.task()).toMatchObject({ state: 'ready', epoch: 2, claimedBy: 'somebody else' })
  // its tables went with it, and are in nobody's way
  expect(await bench.perform()).toBe('Done.')
})

test('or badly: it can not fail the run that another worker goes on with', async () => {
  const bench = await createBench({}, { latencyMs: 300 })
  bench.line.sandbox.faults.add({ kind: 'poolDeleted' })
  const late = bench.perform()
  await bench.takeOver()
  expect(await late).toMatch(/^Taken over by another worker/)
  expect(await bench.run()).toMatchObject({ state: 'planning', cause: null })
})

test('a process that is to go puts its work back at the head of the queue', async () => {
  const bench = await createBench({}, { latencyMs: 300 })
  const cut = bench.perform()
  await vi.waitFor(() => expect(bench.line.sandbox.requests.total).toBe(1))
  bench.quiet.abort()
  await expect(cut).rejects.toBeInstanceOf(WaitingError)
  expect(await bench.jobState()).toBe('waiting')
  expect(await bench.task()).toMatchObject({ state: 'ready', page: 0 })
})

test('what nobody foresaw is tried again, and ends the run only when it always comes back', async () => {
  const bench = await createBench()
  await bench.breakTables()
  for (const start of [1, 2, 3, 4]) {
    await expect(bench.perform()).rejects.toBeInstanceOf(DelayedError)
    expect(await bench.task()).toMatchObject({ state: 'ready', fruitlessStarts: start })
  }
  await expect(bench.perform()).rejects.toBeInstanceOf(UnrecoverableError)
  const run = await bench.run()
  expect(run).toMatchObject({ state: 'failed', cause: 'internal' })
  expect(run.description).not.toMatch(/select|insert|relation/i)
})

test('a task that ended its worker five times is not begun a sixth time', async () => {
  const bench = await createBench({ fruitlessStarts: 5 })
  await expect(bench.perform()).rejects.toBeInstanceOf(UnrecoverableError)
  expect(await bench.run()).toMatchObject({ state: 'failed', cause: 'crash-loop', requests: 0 })
  expect(bench.line.sandbox.requests.total).toBe(0)
})

test('a Postgres that is away delays the job and tells Bull Board nothing of its statements', async () => {
  const bench = await createBench()
  const away = openDatabase('postgres://nobody@127.0.0.1:1/nothing', { name: 'test' })
  onTestFinished(() => closeDatabase(away))
  await expect(bench.perform({ db: away })).rejects.toBeInstanceOf(DelayedError)
  expect(await bench.jobState()).toBe('delayed')
  expect(await bench.task()).toMatchObject({ epoch: 0 })
})

test('a backend that Postgres ends under the work is waited out: the work is not at fault', async () => {
  const bench = await createBench()
  await bench.failWith('admin_shutdown')
  await expect(bench.perform()).rejects.toBeInstanceOf(DelayedError)
  expect(await bench.task()).toMatchObject({ state: 'ready', fruitlessStarts: 0 })
  expect(await bench.jobLogs()).toContainEqual(expect.stringContaining('Postgres could not be reached'))
  await bench.line.db.execute('drop trigger fault on poolkeeper.snapshots')
  expect(await bench.perform()).toBe('Done.')
})

test('a job that this version cannot read fails at once and says what is wrong with it', async () => {
  const bench = await createBench()
  const older = { task: 1, run: 1 } as TaskJob
  await expect(bench.perform({}, older)).rejects.toThrow(/^This is no job of this version.*\bv\b/s)
  await expect(bench.perform({}, { ...older, v: 2 as 1 })).rejects.toBeInstanceOf(UnrecoverableError)
  expect(await bench.task()).toMatchObject({ epoch: 0 })
})

/** A run that was requested, its first task with a job on a real queue, and a performer in this process. */
async function createBench(fields: Partial<typeof tasks.$inferInsert> = {}, options: SandboxOptions = {}) {
  const line = await createLine({ users: 30, groups: 0, ...options })
  await line.startHere([])
  const dataflow = await line.createDataflow({ name: 'Bench' })
  const runId = await line.request(dataflow)
  const [task] = await line.db
    .update(tasks)
    .set({ label: 'plan', ...fields })
    .where(eq(tasks.runId, runId))
    .returning()
  if (!task) throw new TypeError('a requested run has a task')
  const quiet = new AbortController()
  const pools = createPools(line.db, line.keys, createGovernor(undefined))
  onTestFinished(() => pools.closeAll())
  const logger = createLogger('test', 'silent')
  const performer: Performer = {
    ...{ db: line.db, pools, claims: watchClaims(line.db), hashKey: undefined, quiet: quiet.signal, name: 'the test' },
    logger,
    complain: boundedLog(logger),
  }
  const jobs = await openJobs(line, { v: 1, task: task.id, run: runId })
  return {
    line,
    quiet,
    jobState: jobs.state,
    jobLogs: jobs.logs,
    run: () => findRun(line.db, runId),
    async task() {
      const [row] = await line.db.select().from(tasks).where(eq(tasks.id, task.id))
      return row ?? task
    },
    async perform(otherwise: Partial<Performer> = {}, data?: TaskJob) {
      const { job, token } = await jobs.next(data)
      return perform({ ...performer, ...otherwise }, job, token)
    },
    async takeOver() {
      await vi.waitFor(() => expect(line.sandbox.requests.total).toBe(1))
      await claimTask(line.db, task.id, 'somebody else')
    },
    /** Postgres fails by this condition wherever a run's snapshot is to be noted. */
    async failWith(condition: string) {
      await line.db.execute(`create function fault() returns trigger language plpgsql as
        $$begin raise exception using errcode = '${condition}'; end$$`)
      await line.db.execute('create trigger fault before insert on poolkeeper.snapshots execute function fault()')
    },
    async breakTables() {
      await line.db.update(runs).set({ state: 'planning' }).where(eq(runs.id, runId))
      await line.db.execute('drop schema bench_snapshots cascade')
    },
  }
}

/** Real jobs: each call adds one and fetches it, as BullMQ's worker does. */
async function openJobs({ redis }: Line, ownJob: TaskJob) {
  const connection = redis.duplicate({ maxRetriesPerRequest: null })
  const queue = new Queue<TaskJob>('poolkeeper-plan', { connection })
  const fetcher = new Worker<TaskJob, string>('poolkeeper-plan', null, { connection })
  onTestFinished(async () => {
    await fetcher.close(true)
    await queue.close()
    connection.disconnect()
  })
  let latest: Job<TaskJob> | undefined
  return {
    async next(data = ownJob) {
      await queue.add('job', data)
      const token = 'the token of the test'
      latest = await fetcher.getNextJob(token)
      if (!latest) throw new TypeError('there is no job')
      return { job: latest, token }
    },
    state: () => latest?.getState(),
    logs: async () => (await queue.getJobLogs(latest?.id ?? '')).logs,
  }
}
