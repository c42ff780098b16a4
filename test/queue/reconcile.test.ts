import { Worker } from 'bullmq'
import { and, eq, sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { dispatchTasks } from '../../src/queue/dispatch.ts'
import { TASK_QUEUES, type TaskJob, type TaskQueues } from '../../src/queue/queues.ts'
import { reconcileTasks } from '../../src/queue/reconcile.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { openProxy } from '../support/proxy.ts'
import { testQueues, testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { aStreamingRun, claimed, firstPage, shard, streamsOf } from '../support/runs.ts'

let db: Database
let redisUrl: string
let queues: TaskQueues

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  redisUrl = await testRedisUrl()
  queues = await testQueues(redisUrl)
})

/** A run whose streams were dispatched, long enough ago to be looked after. */
async function dispatched(count: number): Promise<number> {
  const run = await aStreamingRun(db, await aDataflow(db), [...'0123456789'].slice(0, count).map(shard))
  await dispatchTasks(db, queues)
  await db.update(tasks).set({ dispatchedAt: sql`now() - interval '10 seconds'` }).where(eq(tasks.runId, run))
  return run
}

async function flush(): Promise<void> {
  const redis = new Redis(redisUrl)
  await redis.flushdb()
  redis.disconnect()
}

const isFreed = async (run: number) => (await streamsOf(db, run)).map(({ dispatchedAt }) => dispatchedAt === null)

describe('reconciling', () => {
  test('frees tasks whose job failed, was completed or is gone, and leaves those that somebody will work at', async () => {
    const run = await dispatched(6)
    const worker = new Worker<TaskJob>(TASK_QUEUES.stream, null, {
      connection: testRedis(redisUrl, { blocking: true }),
    })
    const [failed, completed, delayed, active] = [
      await worker.getNextJob('t'),
      await worker.getNextJob('t'),
      await worker.getNextJob('t'),
      await worker.getNextJob('t'),
    ]
    await failed?.moveToFailed(new Error('it failed'), 't', false)
    await completed?.moveToCompleted('done', 't', false)
    await delayed?.moveToDelayed(Date.now() + 60_000, 't')
    const streams = await streamsOf(db, run)
    const gone = streams[4]
    await queues.stream.remove(`task-${gone?.id}-1`)

    expect(await reconcileTasks(db, queues)).toEqual({ freed: 3, next: 0 })

    const freed = (await streamsOf(db, run)).filter(({ dispatchedAt }) => dispatchedAt === null).map(({ id }) => id)
    expect(freed.toSorted()).toEqual([failed?.data.task, completed?.data.task, gone?.id].toSorted())
    expect(await active?.getState()).toBe('active')
    await worker.close()
  })

  test('lets everything go out again once Redis was flushed, as new deliveries', async () => {
    const run = await dispatched(3)
    await flush()
    expect(await reconcileTasks(db, queues)).toMatchObject({ freed: 3 })
    expect(await dispatchTasks(db, queues)).toBe(3)
    const jobs = await queues.stream.getJobs(['waiting'])
    expect(jobs.map(({ id }) => id).toSorted()).toEqual((await streamsOf(db, run)).map(({ id }) => `task-${id}-2`))
    expect(await reconcileTasks(db, queues)).toMatchObject({ freed: 0 })
  })

  test('makes a new job beside a failed one that is kept', async () => {
    const run = await dispatched(1)
    const worker = new Worker<TaskJob>(TASK_QUEUES.stream, null, {
      connection: testRedis(redisUrl, { blocking: true }),
    })
    await (await worker.getNextJob('t'))?.moveToFailed(new Error('it failed'), 't', false)
    await reconcileTasks(db, queues)
    await dispatchTasks(db, queues)
    const [stream] = await streamsOf(db, run)
    expect(await queues.stream.getJobCounts('failed', 'waiting')).toEqual({ failed: 1, waiting: 1 })
    expect(await queues.stream.getJobState(`task-${stream?.id}-2`)).toBe('waiting')
    await worker.close()
  })

  test('leaves alone what was dispatched a moment ago, what is done, and what lies before where it begins', async () => {
    const run = await dispatched(3)
    await flush()
    const [young, done, last] = await streamsOf(db, run)
    await db
      .update(tasks)
      .set({ dispatchedAt: sql`now()` })
      .where(and(eq(tasks.id, young?.id ?? 0)))
    await db.execute(firstPage(await claimed(db, done?.id ?? 0), { done: true }))
    expect(await reconcileTasks(db, queues, last?.id)).toEqual({ freed: 0, next: 0 })
    expect(await reconcileTasks(db, queues)).toEqual({ freed: 1, next: 0 })
    expect(await isFreed(run)).toEqual([false, false, true])
  })

  test('by several schedulers at once frees each task once', async () => {
    await dispatched(8)
    await flush()
    const rounds = await Promise.all([1, 2, 3].map(() => reconcileTasks(db, queues)))
    expect(rounds.map(({ freed }) => freed).reduce((sum, freed) => sum + freed)).toBe(8)
  })

  test('frees nothing while Redis is away: not to be found is not the same as gone', async () => {
    const run = await dispatched(2)
    const proxy = await openProxy(redisUrl)
    const away = await testQueues(proxy.url)
    proxy.cut()
    await expect(reconcileTasks(db, away)).rejects.toThrow()
    expect(await isFreed(run)).toEqual([false, false])
  })
})
