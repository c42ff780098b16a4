import { DelayedError, type Job, WaitingError, Worker } from 'bullmq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { promoteOverdue } from '../../src/queue/promote.ts'
import { putOff, toTheHead, toTheTail } from '../../src/queue/putBack.ts'
import { JOB_PRIORITY, TASK_QUEUES, type TaskJob } from '../../src/queue/queues.ts'
import { testQueues, testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'

const { 'ad-hoc': AD_HOC, nightly: NIGHTLY } = JOB_PRIORITY

test('what has had its slice goes behind the others of its priority', async () => {
  const { add, take, order } = await createBench()
  const [nightly] = [await add('night 1', NIGHTLY), await add('night 2', NIGHTLY)]
  await take()
  await toTheTail(nightly, TOKEN)
  const adHoc = await add('day 1', AD_HOC)
  await add('day 2', AD_HOC)
  await take()
  await toTheTail(adHoc, TOKEN)
  expect(await order()).toEqual(['day 2', 'day 1', 'night 2', 'night 1'])
})

test('a nightly job that was put back before all others goes behind them after its slice', async () => {
  const { add, take, order } = await createBench()
  await add('cut', NIGHTLY)
  await toTheHead(await taken(take), TOKEN)
  await add('night', NIGHTLY)
  await toTheTail(await taken(take), TOKEN)
  await add('day', AD_HOC)
  expect(await order()).toEqual(['day', 'night', 'cut'])
})

test.each([
  ['an ad-hoc', AD_HOC],
  ['a nightly', NIGHTLY],
])('%s job that its worker puts back when it goes is next', async (_, priority) => {
  const { add, take, order } = await createBench()
  const cut = await add('cut', priority)
  await take()
  await add('night', NIGHTLY)
  await add('day', AD_HOC)
  await toTheHead(cut, TOKEN)
  expect(await order()).toEqual(['cut', 'day', 'night'])
})

test('one that waits something out keeps its priority, also when it is set free without asking a clock', async () => {
  const { queues, add, take, order } = await createBench()
  const early = await add('early night', NIGHTLY)
  await take()
  await add('night', NIGHTLY)
  await putOff(early, TOKEN, 60_000)
  await promoteOverdue(queues, await promoteOverdue(queues, new Set()))
  await add('day', AD_HOC)
  expect(await order()).toEqual(['day', 'night', 'early night'])
})

test.each([
  ['put back at the head', toTheHead, WaitingError],
  ['put back at the tail', toTheTail, DelayedError],
])('a nightly job that is %s is taken up at once by a worker that waits for one', async (_, putBack, ErrorClass) => {
  const { url, add } = await createBench()
  const takenAt: number[] = []
  const open = () => {
    const worker = new Worker<TaskJob>(
      TASK_QUEUES.stream,
      async (job, token) => {
        takenAt.push(Date.now())
        if (takenAt.length > 1) return
        // the other worker has long begun to wait
        await vi.waitFor(() => expect(Date.now() - (takenAt[0] ?? 0)).toBeGreaterThan(300))
        await putBack(job, token)
        void worker.pause(true)
        throw new ErrorClass()
      },
      { connection: testRedis(url, { blocking: true }) },
    )
    onTestFinished(() => worker.close())
    return worker.waitUntilReady()
  }
  await Promise.all([open(), open()])
  await add('night', NIGHTLY)
  await vi.waitFor(() => expect(takenAt).toHaveLength(2), { timeout: 15_000 })
  expect((takenAt[1] ?? 0) - (takenAt[0] ?? 0)).toBeLessThan(3_000)
})

const TOKEN = 'the token of the test'

async function taken(take: () => Promise<Job<TaskJob> | undefined>): Promise<Job<TaskJob>> {
  const job = await take()
  if (!job) throw new TypeError('there is no job')
  return job
}

async function createBench() {
  const url = await testRedisUrl()
  const queues = await testQueues(url)
  const worker = new Worker<TaskJob>(TASK_QUEUES.stream, null, { connection: testRedis(url, { blocking: true }) })
  onTestFinished(() => worker.close())
  const take = () => worker.getNextJob(TOKEN)
  return {
    ...{ url, queues, take },
    add: (name: string, priority: number) => queues.stream.add(name, { v: 1, task: 1, run: 1 }, { priority }),
    /** As a worker gets what waits. */
    async order() {
      const names: string[] = []
      for (let job: Job | undefined = await take(); job; job = await take()) names.push(job.name)
      return names
    },
  }
}
