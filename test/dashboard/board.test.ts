import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openTaskQueues, REQUEST_QUEUE, type TaskQueues } from '../../src/queue/queues.ts'
import { openRequestWorker } from '../../src/queue/requests.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openDashboard, openDashboardForTest, signedIn, type Visitor } from './visitor.ts'

let dashboard: Awaited<ReturnType<typeof openDashboard>>
let database: TestDatabase
let redisUrl: string
let visit: Visitor
let redis: Redis
let queues: TaskQueues

beforeAll(async () => {
  database = await createTestDatabase()
  redisUrl = await testRedisUrl()
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  queues = openTaskQueues(redis)
  dashboard = await openDashboard({ databaseUrl: database.url, redisUrl })
  visit = await signedIn(dashboard.url, database.db)
})

afterAll(async () => {
  await dashboard.close()
  redis.disconnect()
})

interface BoardQueue {
  readonly name: string
  readonly readOnlyMode: boolean
  readonly jobs: readonly { name: string; data: unknown; externalUrl?: { displayText: string; href: string } }[]
}

async function listQueues(activeQueue: string): Promise<BoardQueue[]> {
  const response = await visit(`/queues/api/queues?activeQueue=${activeQueue}&status=latest&page=1&jobsPerPage=10`)
  const { queues: listed } = (await response.json()) as { queues: BoardQueue[] }
  return listed
}

describe('the board', () => {
  test('shows every queue, each read-only', async () => {
    const listed = await listQueues('poolkeeper-plan')
    expect(listed.map(({ name }) => name).sort()).toEqual([
      'poolkeeper-plan',
      'poolkeeper-publish',
      'poolkeeper-requests',
      'poolkeeper-stream',
      'poolkeeper-webhooks',
    ])
    expect(listed.every(({ readOnlyMode }) => readOnlyMode)).toBe(true)
  })

  test('names a job by what it reads, and links it to its run', async () => {
    await queues.stream.add('DemoPool · users · a', { v: 1, task: 7, run: 42 }, { jobId: 'task-7-1' })
    const stream = (await listQueues('poolkeeper-stream')).find(({ name }) => name === 'poolkeeper-stream')
    expect(stream?.jobs).toMatchObject([
      {
        name: 'DemoPool · users · a',
        data: { task: 7, run: 42 },
        externalUrl: { displayText: 'Run 42', href: '/runs/42' },
      },
    ])
  })

  test('shows of another service’s request the dataflow only', async () => {
    const requests = new Queue(REQUEST_QUEUE, { connection: redis })
    await requests.add('request', { dataflow: 'DemoPool', requestedBy: 'crm', email: 'ada@example.com' })
    const answer = JSON.stringify(await listQueues(REQUEST_QUEUE))
    expect(answer).toContain('DemoPool')
    expect(answer).not.toContain('ada@example.com')
  })

  test('shows of a bad request what was wrong with it', async () => {
    const requests = new Queue(REQUEST_QUEUE, { connection: redis })
    const worker = openRequestWorker(database.db, redis)
    onTestFinished(() => worker.close())
    const job = await requests.add('bad', { dataflow: 'DemoPool', requestedBy: 'crm', tables: 'ada@example.com' })
    await vi.waitFor(async () => expect(await job.isFailed()).toBe(true), 5_000)
    const answer = JSON.stringify(await listQueues(REQUEST_QUEUE))
    expect(answer).toContain('expected array, received string')
    expect(answer).not.toContain('ada@example.com')
  })

  test.each([
    ['PUT', '/queues/api/queues/poolkeeper-stream/task-8-1/retry/failed'],
    ['PUT', '/queues/api/queues/poolkeeper-stream/task-8-1/clean'],
    ['PUT', '/queues/api/queues/poolkeeper-stream/clean/waiting'],
    ['PUT', '/queues/api/queues/poolkeeper-stream/pause'],
    ['PUT', '/queues/api/queues/pause'],
    ['PUT', '/queues/api/queues/poolkeeper-stream/obliterate'],
    ['POST', '/queues/api/queues/poolkeeper-stream/add'],
    ['PATCH', '/queues/api/queues/poolkeeper-stream/task-8-1/update-data'],
    ['DELETE', '/queues/api/queues/poolkeeper-stream'],
  ])('refuses %s %s', async (method, path) => {
    await queues.stream.add('DemoPool · users · b', { v: 1, task: 8, run: 42 }, { jobId: 'task-8-1' })
    const response = await visit(path, { method, headers: { accept: 'application/json', origin: dashboard.url } })
    expect(response.status).toBe(405)
    expect(await queues.stream.getJob('task-8-1')).toBeDefined()
    expect(await queues.stream.isPaused()).toBe(false)
  })

  test('leaves no mark in Redis by being opened', async () => {
    await redis.del('bull:poolkeeper-publish:meta')
    const another = await openDashboardForTest({ databaseUrl: database.url, redisUrl })
    const visitor = await signedIn(another, database.db)
    // until its connection to Redis is there, the board says that it isn't
    await vi.waitFor(async () => expect((await visitor('/queues/api/queues')).status).toBe(200), 10_000)
    expect(await redis.exists('bull:poolkeeper-publish:meta')).toBe(0)
  })

  test('loads nothing from another host, under a policy of its own', async () => {
    const response = await visit('/queues')
    const html = await response.text()
    expect(html).toContain('<div id="root">')
    expect(html).not.toMatch(/(src|href)="https?:/)
    expect(response.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'")
  })

  test('is the page that this version of Bull Board ships, but for Google’s fonts', async () => {
    const shipped = createRequire(import.meta.url).resolve('@bull-board/ui/dist/index.ejs')
    const ours = new URL('../../dashboard/bullBoard/index.ejs', import.meta.url)
    const withoutFonts = (await readFile(shipped, 'utf8')).replace(/^.*fonts\.googleapis\.com.*\n/m, '')
    expect(await readFile(ours, 'utf8')).toBe(withoutFonts)
  })
})
