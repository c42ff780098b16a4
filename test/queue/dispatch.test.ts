import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { tasks } from '../../src/db/schema.ts'
import { dispatchTasks } from '../../src/queue/dispatch.ts'
import type { TaskQueues } from '../../src/queue/queues.ts'
import { requestRun } from '../../src/run/request.ts'
import { addStreams } from '../../src/run/tasks.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, aDataflow } from '../support/dataflows.ts'
import { openProxy } from '../support/proxy.ts'
import { testQueues } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { aStreamingRun, fail, shard } from '../support/runs.ts'

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

  test('takes what there is in rounds', async () => {
    const run = await aStreamingRun(db, await aDataflow(db), [])
    const streams = Array.from({ length: 501 }, (_, n) => ({ source: 'group_members', group: String(n) }) as const)
    await addStreams(
      db,
      run,
      streams.map((stream) => ({ stream, label: 'members' })),
    )
    expect([await dispatchTasks(db, queues), await dispatchTasks(db, queues)]).toEqual([500, 1])
    expect(await queues.stream.getWaitingCount()).toBe(501)
  })
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
