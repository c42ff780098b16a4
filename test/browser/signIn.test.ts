import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { JOB_OPTIONS, TASK_QUEUES } from '../../src/queue/queues.ts'
import { seedDataflow, seedPublished, seedRun } from '../dashboard/seeds.ts'
import { openDashboard } from '../dashboard/visitor.ts'
import { createTestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { closeBrowser, openWindow } from './window.ts'

let db: Database
let redis: Redis
let dashboard: Awaited<ReturnType<typeof openDashboard>>

beforeAll(async () => {
  const database = await createTestDatabase()
  const redisUrl = await testRedisUrl()
  db = database.db
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  dashboard = await openDashboard({ databaseUrl: database.url, redisUrl })
})

afterAll(async () => {
  await closeBrowser()
  await dashboard?.close()
  redis?.disconnect()
})

test('a person signs in by a link, looks at a dataflow, its run and its jobs, and signs out', async () => {
  const id = await seedDataflow(db, { name: 'DemoPool', displayName: 'Demo <script>alert(1)</script>' })
  const run = await seedRun(db, id)
  await seedPublished(db, id, run)
  const stream = new Queue(TASK_QUEUES.stream, { connection: redis, defaultJobOptions: JOB_OPTIONS })
  await stream.add('DemoPool · users · a', { v: 1, task: 7, run }, { jobId: 'task-7-1' })
  const { page, wrong } = await openWindow({ url: dashboard.url, db })

  expect(page.url()).toBe(`${dashboard.url}/`)
  await page.getByRole('link', { name: 'Demo <script>alert(1)</script>' }).waitFor()
  await page.goto(`${dashboard.url}/runs/${run}`)
  await page.getByRole('heading', { name: `Run ${run}` }).waitFor()

  await page.getByRole('link', { name: 'Queues' }).click()
  const board = page.frameLocator('iframe')
  await board.getByRole('link', { name: 'poolkeeper-stream' }).first().click()
  await board.getByText('DemoPool · users · a').waitFor()
  expect(await board.getByRole('button', { name: /retry|promote|clean|remove/i }).count()).toBe(0)
  // its address is the window's, for whoever loads the page again or passes it on
  await page.waitForURL(/\/queues\/queue\/poolkeeper-stream/)
  await page.reload()
  await board.getByRole('link', { name: `Run ${run}` }).click()
  await page.waitForURL(`${dashboard.url}/runs/${run}`)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('npx poolkeeper sign-in').waitFor()
  expect(wrong).toEqual([])
  expect((await page.goto(dashboard.url))?.status()).toBe(401)
  // the browser tells of that answer itself
  wrong.length = 0
})
