import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDataflow } from '../dashboard/seeds.ts'
import { openDashboard } from '../dashboard/visitor.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { closeBrowser, openWindow } from './window.ts'

let database: TestDatabase
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  await seedDataflow(database.db, { name: 'StaffPool', displayName: 'Staff' })
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  return dashboard.close
})

afterAll(closeBrowser)

const FOCUSED = 'document.activeElement.ariaLabel || document.activeElement.innerText || document.activeElement.id'

/** Goes on with Tab until something is reached, as somebody without a mouse does. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  const passed: string[] = []
  for (let press = 0; press < 60; press++) {
    const focused = String(await page.evaluate(FOCUSED)).trim()
    if (focused === wanted) return
    passed.push(focused)
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard does not reach ${wanted}; it came by ${passed.join(', ')}`)
}

test('a dataflow is described, found and run by keyboard alone', async () => {
  const { page } = await openWindow({ url, db: database.db })
  await page.keyboard.press('Tab')
  expect(await page.evaluate(FOCUSED)).toBe('Skip to content')
  await page.keyboard.press('Enter')
  await tabTo(page, 'New Dataflow')
  await page.keyboard.press('Enter')

  // the field has the focus already
  await page.waitForURL(/\/dataflows\/new/)
  await page.keyboard.type('KeyboardPool')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/connector/)
  await page.getByRole('button', { name: /AWS Cognito/ }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/details/)
  await tabTo(page, 'displayName')
  await page.keyboard.type('Keyboard')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/connection/)

  await page.goto(url)
  await tabTo(page, 'Actions of StaffPool')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Run')
  await page.keyboard.press('Escape')
  expect(await page.locator('.menu:popover-open').count()).toBe(0)
  // the focus is where it was, so that nobody begins anew
  expect(await page.evaluate(FOCUSED)).toBe('Actions of StaffPool')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Run')
  await page.keyboard.press('Enter')
  await page.getByText('is requested').waitFor()
  expect(page.url()).toMatch(/\/runs\/\d+$/)
})
