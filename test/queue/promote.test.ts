import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { promoteOverdue } from '../../src/queue/promote.ts'
import { TASK_QUEUES, type TaskJob } from '../../src/queue/queues.ts'
import { testQueues, testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'

test('a job that was put off by a clock an hour ahead is set free in the second round that sees it', async () => {
  const { queues, putOff } = await createBench()
  const job = await putOff('task-1-1', 3_600_000)
  const first = await promoteOverdue(queues, new Set())
  expect(await job.getState()).toBe('delayed')
  await promoteOverdue(queues, first)
  expect(await job.getState()).toBe('waiting')
})

test('one that was put off since the last round goes on waiting', async () => {
  const { queues, putOff } = await createBench()
  const before = await putOff('task-1-1', 60_000)
  const seen = await promoteOverdue(queues, new Set())
  const job = await putOff('task-2-1', 60_000)
  expect(await promoteOverdue(queues, seen)).toContain('task-2-1')
  expect([await before.getState(), await job.getState()]).toEqual(['waiting', 'delayed'])
})

test('one that was taken meanwhile is left to whoever took it', async () => {
  const { queues, putOff } = await createBench()
  const job = await putOff('task-1-1', 60_000)
  const seen = await promoteOverdue(queues, new Set())
  await job.promote()
  expect(await promoteOverdue(queues, seen)).toEqual(new Set())
  expect(await job.getState()).toBe('waiting')
})

async function createBench() {
  const url = await testRedisUrl()
  const queues = await testQueues(url)
  const worker = new Worker<TaskJob>(TASK_QUEUES.stream, null, { connection: testRedis(url, { blocking: true }) })
  onTestFinished(() => worker.close())
  return {
    queues,
    /** Adds a job, takes it and puts it off, as a worker does. */
    async putOff(jobId: string, ms: number) {
      await queues.stream.add('job', { v: 1, task: 1, run: 1 }, { jobId })
      const job = await worker.getNextJob('t')
      if (!job) throw new TypeError('there is no job')
      await job.moveToDelayed(Date.now() + ms, 't')
      return job
    },
  }
}
