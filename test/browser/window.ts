import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { createSignInLink } from '../../src/access/signInLink.ts'
import type { Database } from '../../src/db/database.ts'
import { openBrowser } from './chromium.ts'

let browser: Promise<Browser> | undefined

interface Place {
  readonly url: string
  readonly db: Database
}

export interface Window {
  readonly page: Page
  /** What should not be there: errors and warnings of the console, and requests to other hosts. */
  readonly wrong: string[]
  /** Opens one of our pages. */
  open(path: string): Promise<void>
}

/** A fresh window, signed in. It is closed after the test, which fails if the window has seen anything wrong. */
export async function openWindow({ url, db }: Place, options: BrowserContextOptions = {}): Promise<Window> {
  browser ??= openBrowser()
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const wrong = watch(page, url)
  onTestFinished(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })
  await page.goto(await createSignInLink(db, 'ana', url))
  return { page, wrong, open: async (path) => void (await page.goto(url + path)) }
}

/** A file closes it in the end. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

/** A form that is shown anew with its problems: the browser writes the status of that answer into its console. */
const FORM_SHOWN_ANEW = /the server responded with a status of 422/

function watch(page: Page, url: string): string[] {
  const wrong: string[] = []
  page.on('console', (message) => {
    if (FORM_SHOWN_ANEW.test(message.text())) return
    if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()} at ${page.url()}`)
  })
  page.on('pageerror', (error) => wrong.push(`script: ${error.message} at ${page.url()}`))
  page.on('dialog', (dialog) => wrong.push(`dialog: ${dialog.message()} at ${page.url()}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) wrong.push(`foreign request: ${request.url()}`)
  })
  return wrong
}
