import { Queue } from 'bullmq'
import { eq, sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { createLogger } from '../../src/logger.ts'
import { REQUEST_QUEUE, TASK_QUEUES } from '../../src/queue/queues.ts'
import { listRuns } from '../../src/run/history.ts'
import { requestRun } from '../../src/run/request.ts'
import { startScheduler } from '../../src/scheduler/scheduler.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { testRedis } from '../support/queues.ts'
import { testRedisUrl } from '../support/redis.ts'

let db: Database
let plans: Queue
let requests: Queue
let redisUrl: string

beforeEach(async () => {
  const database = await createTestDatabase()
  db = database.db
  redisUrl = await testRedisUrl()
  plans = new Queue(TASK_QUEUES.plan, { connection: testRedis(redisUrl) })
  requests = new Queue(REQUEST_QUEUE, { connection: testRedis(redisUrl) })
  const logger = createLogger('test', 'silent')
  const options = { databaseUrl: database.url, redisUrl, logger }
  const schedulers = await Promise.all([startScheduler(options), startScheduler(options)])
  onTestFinished(async () => {
    await Promise.all(schedulers.map((scheduler) => scheduler.quiet()))
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()))
  })
})

const eventually = (assertion: () => Promise<void>) => vi.waitFor(assertion, { timeout: 15_000, interval: 20 })

test('two schedulers side by side turn whatever asks for a run into one job each, and give back what Redis loses', async () => {
  const [byHand, bySlot] = [await aBareDataflow(db), await aBareDataflow(db, { name: 'Nightly' })]
  await aBareDataflow(db, { name: 'CustomerPool' })
  await requestRun(db, { dataflowId: byHand.id, trigger: 'manual', requestedBy: 'ada' })
  await requests.add('nightly', { dataflow: 'CustomerPool', requestedBy: 'billing' })
  await db
    .update(dataflows)
    .set({ schedule: '0 0 1 1 *', nextRunAt: sql`now() - interval '1 minute'` })
    .where(eq(dataflows.id, bySlot.id))

  await eventually(async () => expect(await plans.getJobCountByTypes('waiting', 'prioritized')).toBe(3))
  expect((await listRuns(db)).map(({ trigger }) => trigger).toSorted()).toEqual(['manual', 'queue', 'schedule'])

  const redis = new Redis(redisUrl)
  await redis.flushdb()
  redis.disconnect()
  await db.update(tasks).set({ dispatchedAt: sql`now() - interval '10 seconds'` })
  await eventually(async () => expect(await plans.getJobCountByTypes('waiting', 'prioritized')).toBe(3))
  expect((await plans.getJobs(['waiting', 'prioritized'])).map(({ id }) => id)).toSatisfy((ids) =>
    ids.every((id: string) => id.endsWith('-2')),
  )
})
