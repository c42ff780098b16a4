import { type JobsOptions, Queue, type Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { REQUEST_QUEUE } from '../../src/queue/queues.ts'
import { openRequestWorker } from '../../src/queue/requests.ts'
import { listRuns } from '../../src/run/history.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { testRedisUrl } from '../support/redis.ts'
import { ends, REQUEST } from './requesting.ts'

let db: Database
let redis: Redis
let queue: Queue
let worker: Worker

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
  await aBareDataflow(db, { name: 'CustomerPool' })
  const redisUrl = await testRedisUrl()
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  queue = new Queue(REQUEST_QUEUE, { connection: redis })
  worker = openRequestWorker(db, redis)
})

afterAll(async () => {
  await worker.close()
  redis.disconnect()
})

test.each<[string, unknown, RegExp, JobsOptions?]>([
  ['that names no dataflow', { requestedBy: 'billing' }, /at dataflow/],
  ['that says not who asks', { dataflow: 'CustomerPool' }, /at requestedBy/],
  ['that is no object', 'CustomerPool', /is not \{dataflow, requestedBy, tables\?, priority\?\}/],
  ['with a name that Postgres can not hold', { ...REQUEST, requestedBy: 'bill\u0000ing' }, /no control characters/],
  ['for a dataflow that there is not', { ...REQUEST, dataflow: 'CustomrPool' }, /Did you mean CustomerPool\?/],
  ['for a table that is not imported', { ...REQUEST, tables: ['user_mfa'] }, /does not import user_mfa. It imports/],
  ['for no table at all', { ...REQUEST, tables: [] }, /at tables/],
  ['of an urgency that there is not', { ...REQUEST, priority: 'ada@example.com' }, /"ad-hoc"\|"nightly"[^@]*$/],
  ['with a field that no request has', { ...REQUEST, table: 'ada@example.com' }, /no request has table$/],
  ['with one that looks like no field', { ...REQUEST, 'ada@example.com': 1 }, /fields that no request has$/],
  ['with a prototype', JSON.parse('{"__proto__":{"dataflow":"CustomerPool"},"requestedBy":"x"}'), /at dataflow/],
  ['for what every object has', { ...REQUEST, tables: ['constructor', '__proto__'] }, /does not import|such as users/],
  ['that quotes somebody', { dataflow: "ada@example.com'--", requestedBy: ['ada'] }, /such as CustomerPool[^@]*$/],
  ['that is large', { ...REQUEST, tables: Array(20_000).fill('ada@example.com') }, /^[^@]{1,200}$/],
  ['that is deep', { ...REQUEST, dataflow: JSON.parse('['.repeat(2_000) + ']'.repeat(2_000)) }, /^[^[]{1,200}$/],
  ['with an endless job id', REQUEST, /at most 200 characters/, { jobId: 'x'.repeat(3_000) }],
  ['with a job id that Postgres can not hold', REQUEST, /no control characters/, { jobId: 'order\u0000' }],
])('a request %s fails at once and says what was wrong, and no more of it', async (_, data, reason, options) => {
  const job = await ends(queue, await queue.add('nightly', data, { attempts: 5, ...options }), 'failed')
  expect(job.failedReason).toMatch(reason)
  expect(await listRuns(db)).toEqual([])
})
