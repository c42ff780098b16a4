import { existsSync } from 'node:fs'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createSignInLink } from '../../src/access/signInLink.ts'
import type { Database } from '../../src/db/database.ts'
import { JOB_OPTIONS, TASK_QUEUES } from '../../src/queue/queues.ts'
import { createTestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { seedDataflow, seedPublished, seedRun } from './seeds.ts'
import { openDashboard } from './visitor.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Tests pass on a machine that has Node and nothing else; where Chromium is, as in CI, they use it. */
const inBrowser = test.runIf(existsSync(CHROMIUM))

/** Chromium as root, without a graphics card, and without its own traffic to Google. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

let browser: Browser
let db: Database
let redis: Redis
let dashboard: Awaited<ReturnType<typeof openDashboard>>

beforeAll(async () => {
  const database = await createTestDatabase()
  const redisUrl = await testRedisUrl()
  db = database.db
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  dashboard = await openDashboard({ databaseUrl: database.url, redisUrl })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
})

afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
  redis?.disconnect()
})

/** A fresh browser window, and everything in it that should not be. */
async function openWindow(): Promise<{ page: Page; wrong: string[] }> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${dashboard.url}/`)) wrong.push(`foreign request: ${request.url()}`)
  })
  return { page, wrong }
}

inBrowser('a person signs in by a link, looks at a dataflow, its run and its jobs, and signs out', async () => {
  const id = await seedDataflow(db, { name: 'DemoPool', displayName: 'Demo <script>alert(1)</script>' })
  const run = await seedRun(db, id)
  await seedPublished(db, id, run)
  const stream = new Queue(TASK_QUEUES.stream, { connection: redis, defaultJobOptions: JOB_OPTIONS })
  await stream.add('DemoPool · users · a', { v: 1, task: 7, run }, { jobId: 'task-7-1' })
  const { page, wrong } = await openWindow()

  await page.goto(await createSignInLink(db, 'ana', dashboard.url))
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
})

inBrowser.each([1280, 360])('no page is wider than a window of %i pixels', async (width) => {
  const { page } = await openWindow()
  await page.setViewportSize({ width, height: 800 })
  await page.goto(await createSignInLink(db, 'ana', dashboard.url))
  const description =
    'Allow cognito-idp:ListUsersInGroup; `poolkeeper policy LongestNameThatSomebodyWouldGiveToAPool1`.'
  const id = await seedDataflow(db, { name: `LongestNameThatSomebodyWouldGiveTo${width}` })
  const run = await seedRun(db, id, { state: 'failed', cause: 'permission-missing', description })
  for (const path of ['/', '/runs', `/runs/${run}`, '/no-such-page', '/sign-in']) {
    await page.goto(dashboard.url + path)
    const wider = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
    expect(wider, path).toBe(false)
  }
})
