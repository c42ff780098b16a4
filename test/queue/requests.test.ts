import { type Job, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { REQUEST_QUEUE } from '../../src/queue/queues.ts'
import { openRequestWorker } from '../../src/queue/requests.ts'
import { listRuns } from '../../src/run/history.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { openProxy } from '../support/proxy.ts'
import { testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { fail } from '../support/runs.ts'

let db: Database
let url: string
let redisUrl: string
/** The other service's side. */
let queue: Queue

beforeEach(async () => {
  ;({ db, url } = await createTestDatabase())
  redisUrl = await testRedisUrl()
  queue = new Queue(REQUEST_QUEUE, { connection: testRedis(redisUrl) })
  await queue.waitUntilReady()
})

function openWorker(database = db): void {
  const worker = openRequestWorker(database, testRedis(redisUrl, { blocking: true }))
  onTestFinished(() => worker.close())
}

async function ends(job: Job, state: 'completed' | 'failed'): Promise<Job> {
  await vi.waitFor(async () => expect(await job.getState()).toBe(state), { timeout: 5_000, interval: 10 })
  return (await queue.getJob(job.id ?? '')) as Job
}

const REQUEST = { dataflow: 'CustomerPool', requestedBy: 'billing' }

describe('a request on the queue', () => {
  test('becomes a run, and its sender sees which', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const job = await ends(await queue.add('nightly', { ...REQUEST, dataflow: 'customerpool' }), 'completed')
    const [run] = await listRuns(db)
    expect(run).toMatchObject({ dataflow: 'CustomerPool', trigger: 'queue', requestedBy: 'billing', state: 'queued' })
    expect(job.returnvalue).toEqual({ run: run?.run, state: 'queued' })
  })

  test('with a job id of its own becomes one run, though it comes again after that job is gone and the run has ended', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const first = await ends(await queue.add('nightly', REQUEST, { jobId: 'order-1' }), 'completed')
    await fail(db, first.returnvalue.run)
    await first.remove()
    const again = await ends(await queue.add('nightly', REQUEST, { jobId: 'order-1' }), 'completed')
    expect(again.returnvalue).toEqual({ run: first.returnvalue.run, state: 'failed' })
    expect(await listRuns(db)).toHaveLength(1)
  })

  test('without one becomes a run of its own, also when Redis lost everything and numbers its jobs anew', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    const before = await queue.add('nightly', REQUEST)
    openWorker()
    const first = await ends(before, 'completed')
    await fail(db, first.returnvalue.run)
    const redis = new Redis(redisUrl)
    await redis.flushdb()
    redis.disconnect()
    const after = await ends(await queue.add('nightly', REQUEST), 'completed')
    expect(after.id).toBe(before.id)
    expect(after.returnvalue.run).not.toBe(first.returnvalue.run)
    expect(await listRuns(db)).toHaveLength(2)
  })

  test('while the dataflow is running is skipped, and is no failure', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    await ends(await queue.add('nightly', REQUEST), 'completed')
    const second = await ends(await queue.add('nightly', REQUEST), 'completed')
    expect(second.returnvalue).toMatchObject({ state: 'skipped' })
  })

  test.each([
    ['that names no dataflow', { requestedBy: 'billing' }, /dataflow/],
    ['that says not who asks', { dataflow: 'CustomerPool' }, /requestedBy/],
    ['that is no object', 'CustomerPool', /is not \{dataflow, requestedBy\}/],
    ['with a name that Postgres can not hold', { ...REQUEST, requestedBy: 'bill\u0000ing' }, /no control characters/],
    ['for a dataflow that there is not', { ...REQUEST, dataflow: 'CustomrPool' }, /Did you mean CustomerPool\?/],
  ])('%s fails at once and says what was wrong', async (_, data, reason) => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const job = await ends(await queue.add('nightly', data, { attempts: 5 }), 'failed')
    expect(job.failedReason).toMatch(reason)
    expect(await listRuns(db)).toEqual([])
  })

  test('waits while Postgres is away, quotes nothing of what it asked, and is taken when that is back', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    const proxy = await openProxy(url)
    const distant = openDatabase(proxy.url, { name: 'test' })
    onTestFinished(() => closeDatabase(distant, 0))
    proxy.cut()
    openWorker(distant)
    const job = await queue.add('nightly', REQUEST)
    const logs = async () => (await queue.getJobLogs(job.id ?? '')).logs.join()
    await vi.waitFor(async () => expect(await logs()).toMatch(/could not be taken \(.+\); it is tried again/), {
      timeout: 5_000,
    })
    await proxy.mend()
    await ends(job, 'completed')
    expect(await logs()).not.toContain('billing')
    expect(await listRuns(db)).toHaveLength(1)
  })
})
