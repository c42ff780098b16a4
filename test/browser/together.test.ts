import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDataflow, seedRun, seedStreams } from '../dashboard/seeds.ts'
import { openDashboard } from '../dashboard/visitor.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { closeBrowser, openWindow } from './window.ts'

let database: TestDatabase
let url: string
let dashboard: Awaited<ReturnType<typeof openDashboard>>

beforeAll(async () => {
  database = await createTestDatabase()
  dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
})

afterAll(async () => {
  await dashboard.close()
  await closeBrowser()
})

const windowOf = () => openWindow({ url, db: database.db })

test('a run is seen moving, keeps the focus where it is, and holds still once it has ended', async () => {
  const { db } = database
  const id = await seedDataflow(db, { name: 'MovingPool' })
  const run = await seedRun(db, id, { state: 'streaming', finishedAt: null, estimatedUsers: 4_000 })
  await seedStreams(db, id, run)
  const { page } = await windowOf()
  await page.goto(`${url}/runs/${run}`)
  await page.getByText('1,801').first().waitFor()
  const queue = page.getByRole('link', { name: 'Queue', exact: true })
  await queue.focus()

  await db.execute(sql`update poolkeeper.tasks set rows = rows + 1000 where run_id = ${run} and label = 'users · 1'`)
  await page.getByText('2,801').first().waitFor()
  expect(await queue.evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true)

  await db.execute(sql`update poolkeeper.runs set state = 'failed', cause = 'network', description = 'The network is gone.',
    finished_at = now() where id = ${run}`)
  await page.getByText('The network is gone.').first().waitFor()
  expect(await page.locator('[hx-trigger]').count()).toBe(0)
})

test('a view has an address: it opens for somebody else, and Back leads to the one before', async () => {
  await seedDataflow(database.db, { name: 'StaffPool', tags: ['eu'] })
  const { page } = await windowOf()
  await page.goto(url)
  await page.getByRole('searchbox').fill('staff')
  await page.keyboard.press('Enter')
  await page.waitForURL(/search=staff/)
  await page.getByRole('navigation', { name: 'Group by' }).getByRole('link', { name: 'Tag' }).click()
  await page.getByText('eu · 1').waitFor()
  const somebodyElse = await windowOf()
  await somebodyElse.page.goto(page.url())
  await somebodyElse.page.getByText('eu · 1').waitFor()
  await page.goBack()
  expect(page.url()).toContain('search=staff')
  expect(page.url()).not.toContain('group=')
  expect(await page.getByRole('searchbox').inputValue()).toBe('staff')
})

test('two people who edit the same dataflow are told, and neither loses what they typed', async () => {
  await seedDataflow(database.db, { name: 'SharedPool', displayName: 'Shared' })
  const [ana, ben] = [await windowOf(), await windowOf()]
  for (const { page } of [ana, ben]) await page.goto(`${url}/dataflows/SharedPool/edit`)
  const write = async (page: typeof ana.page, label: string, text: string) => {
    await page.getByLabel(label, { exact: true }).fill(text)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
  }
  await write(ana.page, 'Display Name', 'Of Ana')
  await ana.page.waitForURL(/SharedPool$/)
  await write(ben.page, 'Description', 'By Ben')
  await ben.page.getByRole('alert').first().waitFor()
  expect(await ben.page.getByLabel('Description', { exact: true }).inputValue()).toBe('By Ben')
  await ben.page.getByText('Of Ana').first().waitFor()
  await ben.page.getByRole('button', { name: 'Save', exact: true }).click()
  await ben.page.waitForURL(/SharedPool$/)
  await ben.page.getByText('By Ben').first().waitFor()
  await ben.page.getByText('Of Ana').first().waitFor()
})

test('a page that moves says when it can not, and goes on by itself', async () => {
  const { db } = database
  const id = await seedDataflow(db, { name: 'OfflinePool' })
  const run = await seedRun(db, id, { state: 'streaming', finishedAt: null })
  const { page, wrong } = await windowOf()
  await page.goto(`${url}/runs/${run}`)
  await page.context().setOffline(true)
  await page.getByText(/Connection lost\. Showing .+ Retrying\./).waitFor()
  await page.context().setOffline(false)
  await page.getByText('Connection lost').waitFor({ state: 'detached' })
  // the browser itself complains of each request that it could not make
  wrong.splice(0, wrong.length, ...wrong.filter((what) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch/.test(what)))
})
