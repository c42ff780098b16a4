import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDashboard } from '../dashboard/visitor.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { violationsOn } from './axe.ts'
import { HOSTILE, seedPlaces } from './places.ts'
import { closeBrowser, openWindow } from './window.ts'

let database: TestDatabase
let url: string
let paths: readonly string[]

beforeAll(async () => {
  database = await createTestDatabase()
  paths = await seedPlaces(database.db)
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  return dashboard.close
})

afterAll(closeBrowser)

const windowOf = (options = {}) => openWindow({ url, db: database.db }, options)

/** Looks at all pages, and at three steps of a draft. @returns what was found, by page */
async function lookAtAll(page: Page, look: (page: Page) => Promise<readonly string[]>): Promise<string[]> {
  const found: string[] = []
  for (const path of [...paths, ...(await draftIn(page))]) {
    await page.goto(url + path)
    found.push(...(await look(page)).map((what) => `${path}: ${what}`))
  }
  return found
}

async function draftIn(page: Page): Promise<string[]> {
  await page.goto(`${url}/dataflows/new`)
  await page.getByLabel('Name', { exact: true }).fill('DraftPool')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.waitForURL(/\/drafts\/\d+\/connector/)
  const draft = new URL(page.url()).pathname.replace('/connector', '')
  return ['connector', 'details', 'connection', 'tables', 'schedule', 'review'].map((step) => `${draft}/${step}`)
}

test.each([
  ['light', 1_280],
  ['dark', 360],
] as const)('every page can be used by everybody, in the %s, %i pixels wide', async (colorScheme, width) => {
  const { page } = await windowOf({ colorScheme, viewport: { width, height: 800 } })
  const found = await lookAtAll(page, async () => {
    const wider = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
    return [...(await violationsOn(page)), ...(wider ? ['it is wider than its window'] : [])]
  })
  expect(found).toEqual([])
})

test.each(['light', 'dark'] as const)(
  'so can those of somebody who is lost, or not signed in, in the %s',
  async (colorScheme) => {
    const { page, wrong } = await windowOf({ colorScheme })
    const found: string[] = []
    for (const path of ['/no-such-page', '/dataflows/NoSuchPool']) {
      await page.goto(url + path)
      found.push(...(await violationsOn(page)))
    }
    await page.context().clearCookies()
    for (const path of ['/', '/sign-in']) {
      await page.goto(url + path)
      found.push(...(await violationsOn(page)))
    }
    expect(found).toEqual([])
    // the browser itself writes the status of such an answer into its console
    wrong.splice(0, wrong.length, ...wrong.filter((what) => !/status of 40[14]/.test(what)))
  },
)

test('what somebody has written is shown as text on every page, and makes nothing', async () => {
  const { page } = await windowOf()
  let shown = 0
  const found = await lookAtAll(page, async () => {
    shown += await page.getByText('<script>alert(2)</script>').count()
    const made = await page.locator('img[src="x"], [onerror]').count()
    return made > 0 ? [`${made} elements were made of ${HOSTILE}`] : []
  })
  expect(found).toEqual([])
  expect(shown).toBeGreaterThan(8)
})
