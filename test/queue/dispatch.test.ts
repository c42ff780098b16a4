import { type Job, Worker } from 'bullmq'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Priority } from '../../src/db/schema/runs.ts'
import { type StreamSource, type TaskKind, tasks } from '../../src/db/schema/tasks.ts'
import { dispatchTasks } from '../../src/queue/dispatch.ts'
import { TASK_QUEUES, type TaskJob, type TaskQueues } from '../../src/queue/queues.ts'
import { requestRun } from '../../src/run/request.ts'
import { addStreams } from '../../src/run/tasks.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, aDataflow } from '../support/dataflows.ts'
import { openProxy } from '../support/proxy.ts'
import { testQueues, testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { aRun, aStreamingRun, claimed, fail, firstPage, shard, streamsOf } from '../support/runs.ts'

let db: Database
let redisUrl: string
let queues: TaskQueues

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  redisUrl = await testRedisUrl()
  queues = await testQueues(redisUrl)
})

const waiting = async (kind: keyof TaskQueues) =>
  (await queues[kind].getJobs(['waiting'])).toSorted((a, b) => a.data.task - b.data.task)
const allTasks = () => db.select().from(tasks).orderBy(tasks.id)

async function aQueuedRun(): Promise<number> {
  const { id: dataflowId } = await aBareDataflow(db)
  return (await requestRun(db, { dataflowId, trigger: 'manual', requestedBy: 'ada' })).id
}

describe('dispatching', () => {
  test('adds a job for each task, which holds ids alone and is named for people', async () => {
    const dataflow = await aDataflow(db, { name: 'CustomerPool' })
    const run = await aStreamingRun(db, dataflow, [shard('a')])
    await addStreams(db, run, [{ stream: { source: 'group_members', group: 'ada@example.com' }, label: 'group 1' }])
    expect(await dispatchTasks(db, queues)).toBe(2)
    const [, ...streams] = await allTasks()
    expect((await waiting('stream')).map(({ id, name, data }) => ({ id, name, data }))).toEqual([
      { id: `task-${streams[0]?.id}-1`, name: 'CustomerPool · users', data: { v: 1, task: streams[0]?.id, run } },
      { id: `task-${streams[1]?.id}-1`, name: 'CustomerPool · group 1', data: { v: 1, task: streams[1]?.id, run } },
    ])
    expect(streams).toMatchObject(streams.map(() => ({ delivery: 1, dispatchedAt: expect.any(Date) })))
  })

  test('puts each kind of task on a queue of its own', async () => {
    const planning = await aQueuedRun()
    await aStreamingRun(db, await aDataflow(db))
    await dispatchTasks(db, queues)
    expect(await waiting('plan')).toMatchObject([{ data: { run: planning } }])
    expect(await waiting('stream')).toHaveLength(1)
    expect(await waiting('publish')).toEqual([])
  })

  test('does nothing for what was dispatched before, or whose run has ended', async () => {
    await aQueuedRun()
    await dispatchTasks(db, queues)
    await fail(db, await aStreamingRun(db, await aDataflow(db)))
    expect(await dispatchTasks(db, queues)).toBe(0)
  })

  test('by several schedulers at once adds each job once', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [...'0123456789abcdef'].map(shard))
    const rounds = await Promise.all([1, 2, 3, 4].map(() => dispatchTasks(db, queues)))
    expect(rounds.reduce((sum, jobs) => sum + jobs)).toBe(16)
    expect((await waiting('stream')).map(({ data }) => data.task)).toEqual(
      (await allTasks()).filter(({ kind, runId }) => kind === 'stream' && runId === run).map(({ id }) => id),
    )
    expect(new Set((await allTasks()).slice(1).map(({ delivery }) => delivery))).toEqual(new Set([1]))
  })

  test('takes what there is in rounds, and goes on until nothing is left', async () => {
    const { id: dataflowId } = await aBareDataflow(db)
    const planning = Array.from({ length: 501 }, () => aRun(db, { id: dataflowId }, 'succeeded'))
    const plans = (await Promise.all(planning)).map((runId) => ({ runId, kind: 'plan', label: 'plan' }) as const)
    await db.insert(tasks).values(plans)
    expect(await dispatchTasks(db, queues)).toBe(500)
    await db.insert(tasks).values({ runId: await aRun(db, { id: dataflowId }, 'held'), kind: 'plan', label: 'plan' })
    expect(await dispatchTasks(db, queues)).toBe(2)
    expect(await queues.plan.getWaitingCount()).toBe(502)
  })
})

describe('a run of many streams', () => {
  const members = (count: number) =>
    Array.from({ length: count }, (_, n): StreamSource => ({ source: 'group_members', group: String(n) }))

  test('has 48 jobs at one time, its oldest streams first', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), members(100))
    expect(await dispatchTasks(db, queues)).toBe(48)
    expect(await dispatchTasks(db, queues)).toBe(0)
    const first = (await streamsOf(db, run)).slice(0, 48).map(({ id }) => id)
    expect((await waiting('stream')).map(({ data }) => data.task)).toEqual(first)
  })

  test('has another one for each stream that ends', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), members(100))
    await dispatchTasks(db, queues)
    const streams = await streamsOf(db, run)
    for (const { id } of streams.slice(10, 13)) await db.execute(firstPage(await claimed(db, id), { done: true }))
    await db.execute(firstPage(await claimed(db, streams[0]?.id ?? 0)))
    expect(await dispatchTasks(db, queues)).toBe(3)
    expect((await streamsOf(db, run)).slice(48).flatMap(({ dispatchedAt }, n) => (dispatchedAt ? [n] : []))).toEqual([
      0, 1, 2,
    ])
  })

  test('keeps no other run waiting, however many such runs there are', async () => {
    for (let n = 0; n < 3; n++) await aStreamingRun(db, await aDataflow(db), members(600))
    const small = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    const planning = await aQueuedRun()
    expect(await dispatchTasks(db, queues)).toBe(3 * 48 + 2 + 1)
    expect((await waiting('stream')).filter(({ data }) => data.run === small)).toHaveLength(2)
    expect(await waiting('plan')).toMatchObject([{ data: { run: planning } }])
  })

  test('wakes the dispatcher when one of them ends, and not with each page', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    const [first, second] = await streamsOf(db, run)
    const heard: string[] = []
    await db.$client.listen('poolkeeper_tasks', (what) => void heard.push(what))
    await db.execute(firstPage(await claimed(db, first?.id ?? 0)))
    await db.execute(firstPage(await claimed(db, second?.id ?? 0), { done: true }))
    await db.execute(sql`notify poolkeeper_tasks, 'nothing more'`)
    await vi.waitFor(() => expect(heard).toContain('nothing more'))
    expect(heard).toEqual(['', 'nothing more'])
  })
})

describe('an ad-hoc run', () => {
  test.each(['plan', 'stream', 'publish'] as const)('goes before the nightly ones: %s', async (kind) => {
    const asked = { nightly: await tasksOf('nightly', kind), adHoc: await tasksOf('ad-hoc', kind) }
    await dispatchTasks(db, queues)
    const taken = await takeAll(kind)
    expect(taken.map(({ data }) => data.run)).toEqual([asked.adHoc, asked.nightly])
  })

  async function tasksOf(priority: Priority, kind: TaskKind): Promise<number> {
    const run = await aRun(db, await aBareDataflow(db), 'streaming', { priority })
    await db.insert(tasks).values({ runId: run, kind, label: kind, ...(kind === 'stream' && { stream: shard('0') }) })
    return run
  }

  /** As a worker gets them. */
  async function takeAll(kind: TaskKind) {
    const worker = new Worker<TaskJob>(TASK_QUEUES[kind], null, { connection: testRedis(redisUrl, { blocking: true }) })
    onTestFinished(() => worker.close())
    const taken: Job<TaskJob>[] = []
    for (let job = await worker.getNextJob('t'); job; job = await worker.getNextJob('t')) taken.push(job)
    return taken
  }
})

describe('when Redis fails half way', () => {
  test('nothing is marked, and the next round sends what is missing, without a double', async () => {
    await aQueuedRun()
    await aStreamingRun(db, await aDataflow(db), [shard('0'), shard('1')])
    const proxy = await openProxy(redisUrl)
    const { stream } = await testQueues(proxy.url)
    const halfway = { ...queues, stream }
    const unsent = await allTasks()

    proxy.cut()
    await expect(dispatchTasks(db, halfway)).rejects.toThrow()
    expect(await queues.plan.getWaitingCount()).toBe(1)
    expect(await queues.stream.getWaitingCount()).toBe(0)
    expect(await allTasks()).toEqual(unsent)

    await proxy.mend()
    await vi.waitFor(async () => expect(await dispatchTasks(db, halfway)).toBe(3), { timeout: 5_000 })
    expect(await queues.plan.getWaitingCount()).toBe(1)
    expect(await queues.stream.getWaitingCount()).toBe(2)
  })

  test('a Redis that falls silent keeps no rows locked: it is given up after 5 s, and nothing is marked', async () => {
    await aQueuedRun()
    const way = await openProxy(redisUrl)
    const cutOff = await testQueues(way.url)
    const unsent = await allTasks()
    way.blackhole()
    await expect(dispatchTasks(db, cutOff)).rejects.toThrow('Redis gave no answer in 5000 ms')
    expect(await allTasks()).toEqual(unsent)
    expect(await dispatchTasks(db, queues)).toBe(1)
  })
})
