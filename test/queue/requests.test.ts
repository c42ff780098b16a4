import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { audit } from '../../src/db/schema/access.ts'
import { REQUEST_QUEUE } from '../../src/queue/queues.ts'
import { openRequestWorker } from '../../src/queue/requests.ts'
import { listRuns } from '../../src/run/history.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { openProxy } from '../support/proxy.ts'
import { testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'
import { fail } from '../support/runs.ts'
import { ends, REQUEST } from './requesting.ts'

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

describe('a request on the queue', () => {
  test('becomes a run, and its sender sees which', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const job = await ends(queue, await queue.add('nightly', { ...REQUEST, dataflow: 'customerpool' }), 'completed')
    const [run] = await listRuns(db)
    expect(run).toMatchObject({ dataflow: 'CustomerPool', trigger: 'queue', requestedBy: 'billing', state: 'queued' })
    expect(job.returnvalue).toEqual({ run: run?.run, state: 'queued' })
  })

  test('with a job id of its own becomes one run, though it comes again after that job is gone and the run has ended', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const first = await ends(queue, await queue.add('nightly', REQUEST, { jobId: 'order-1' }), 'completed')
    await fail(db, first.returnvalue.run)
    await first.remove()
    const again = await ends(queue, await queue.add('nightly', REQUEST, { jobId: 'order-1' }), 'completed')
    expect(again.returnvalue).toEqual({ run: first.returnvalue.run, state: 'failed' })
    expect(await listRuns(db)).toHaveLength(1)
  })

  test('without one becomes a run of its own, also when Redis lost everything and numbers its jobs anew', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    const before = await queue.add('nightly', REQUEST)
    openWorker()
    const first = await ends(queue, before, 'completed')
    await fail(db, first.returnvalue.run)
    const redis = new Redis(redisUrl)
    await redis.flushdb()
    redis.disconnect()
    const after = await ends(queue, await queue.add('nightly', REQUEST), 'completed')
    expect(after.id).toBe(before.id)
    expect(after.returnvalue.run).not.toBe(first.returnvalue.run)
    expect(await listRuns(db)).toHaveLength(2)
  })

  test('while the dataflow is running is skipped, and is no failure', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    await ends(queue, await queue.add('nightly', REQUEST), 'completed')
    const second = await ends(queue, await queue.add('nightly', REQUEST), 'completed')
    expect(second.returnvalue).toMatchObject({ state: 'skipped' })
  })

  test('says which tables it wants and how urgently, and stands in the audit log', async () => {
    const dataflow = await aBareDataflow(db, { name: 'CustomerPool' })
    openWorker()
    const wish = { tables: ['users'], priority: 'nightly' }
    const job = await ends(
      queue,
      await queue.add('nightly', { ...REQUEST, ...wish }, { jobId: 'order-2' }),
      'completed',
    )
    expect(await listRuns(db)).toMatchObject([{ onlyTables: ['users'], priority: 'nightly' }])
    expect(await db.select().from(audit)).toMatchObject([
      {
        ...{ actor: 'billing', via: 'queue', origin: REQUEST_QUEUE, requestId: 'order-2', action: 'requestRun' },
        ...{ dataflowId: dataflow.id, target: `run ${job.returnvalue.run}`, details: wish },
      },
    ])
  })

  test('with the job id of another request is refused, also when Redis has forgotten that one', async () => {
    await aBareDataflow(db, { name: 'CustomerPool' })
    await aBareDataflow(db, { name: 'StaffPool' })
    openWorker()
    const first = await ends(queue, await queue.add('nightly', REQUEST, { jobId: 'order-3' }), 'completed')
    const redis = new Redis(redisUrl)
    await redis.flushdb()
    redis.disconnect()
    const other = await queue.add('nightly', { ...REQUEST, dataflow: 'StaffPool' }, { jobId: 'order-3' })
    expect((await ends(queue, other, 'failed')).failedReason).toMatch(/^Run 1 was requested with the same key/)
    await other.remove()
    const same = await ends(queue, await queue.add('nightly', REQUEST, { jobId: 'order-3' }), 'completed')
    expect(same.returnvalue).toEqual(first.returnvalue)
    expect(await listRuns(db)).toHaveLength(1)
    expect(await db.select().from(audit)).toHaveLength(1)
  })

  test('that failed becomes one run when it is retried after what was wrong is mended', async () => {
    openWorker()
    const job = await ends(queue, await queue.add('nightly', REQUEST, { jobId: 'order-4' }), 'failed')
    await aBareDataflow(db, { name: 'CustomerPool' })
    await job.retry()
    const { returnvalue } = await ends(queue, job, 'completed')
    expect(await listRuns(db)).toMatchObject([{ run: returnvalue.run, state: 'queued' }])
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
    await ends(queue, job, 'completed')
    expect(await logs()).not.toContain('billing')
    expect(await listRuns(db)).toHaveLength(1)
  })
})
