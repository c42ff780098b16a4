// `npm run screenshots`: takes the pictures in docs/screenshots, of dataflows of a sandbox. Look at each before it is committed.
import { mkdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../test/browser/chromium.ts'
import { type Scene, setScene } from './scene.ts'

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const LARGEST = 150_000

/** What moves first, as long as it does. */
function pagesOf({ runs }: Scene): Readonly<Record<string, string>> {
  return {
    dataflows: '/',
    'run-live': `/runs/${runs.running}`,
    'run-held': `/runs/${runs.held}`,
    'run-failed': `/runs/${runs.failed}`,
    run: `/runs/${runs.succeeded}`,
    'run-history': '/runs',
    dataflow: '/dataflows/CustomerPool',
    rollback: '/dataflows/CustomerPool/rollback',
    edit: '/dataflows/CustomerPool/edit',
    remove: '/dataflows/CustomerPool/remove',
    'new-dataflow': '/dataflows/new',
    databases: '/databases',
    'database-connection': '/databases/customerpool',
    'database-rows': '/databases/customerpool/users',
    quotas: '/quotas',
    queues: '/queues',
    tokens: '/settings/tokens',
    audit: '/settings/audit',
    webhooks: '/settings/webhooks',
    about: '/settings/about',
    'setup-guide': '/guide',
  }
}

/** The steps of New Dataflow that have more to show than two fields, each as it is once it has been filled in. */
async function takeSteps(page: Page, { url, pool }: Scene): Promise<void> {
  const shoot = (name: string) => page.screenshot({ path: `${FOLDER}${name}.png` })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
  await page.goto(`${url}/dataflows/new`)
  await fill('Name', 'LoyaltyApp')
  await press('Next')
  await page.waitForURL(/connector/)
  await shoot('connector')
  await page.getByRole('button', { name: /AWS Cognito/ }).click()
  await fill('Display Name', 'Loyalty app')
  await press('Next')
  await fill('User Pool ID', pool.poolId)
  await page.locator('#kind').getByText('Access key').click()
  await fill('Access key ID', pool.credentials.accessKeyId)
  await fill('Secret access key', pool.credentials.secretAccessKey)
  await shoot('connection')
  await press('Connect')
  await page.getByRole('heading', { name: 'Table Details' }).waitFor()
  await shoot('table-details')
  await press('Next')
  await page.getByText('Every day', { exact: true }).click()
  await page.waitForLoadState('networkidle')
  await shoot('schedule')
  await press('Next')
  await page.waitForURL(/review/)
  await shoot('review')
}

const STEPS = ['connector', 'connection', 'table-details', 'schedule', 'review']

async function take(browser: Browser, scene: Scene): Promise<void> {
  const [context, dark] = await Promise.all(
    (['light', 'dark'] as const).map((colorScheme) =>
      browser.newContext({ viewport: { width: 1_280, height: 720 }, colorScheme, timezoneId: 'Europe/Berlin' }),
    ),
  )
  if (!context || !dark) throw new Error('no window')
  const page = await context.newPage()
  await page.goto(scene.link)
  await dark.addCookies(await context.cookies())
  const night = await dark.newPage()
  for (const [name, path] of Object.entries(pagesOf(scene))) {
    await page.goto(scene.url + path)
    await page.waitForLoadState('networkidle')
    await page.screenshot({ path: `${FOLDER}${name}.png` })
    if (name !== 'dataflows') continue
    await night.goto(scene.url + path)
    await night.screenshot({ path: `${FOLDER}${name}-dark.png` })
  }
  await takeSteps(page, scene)
}

await mkdir(FOLDER, { recursive: true })
const scene = await setScene()
const browser = await openBrowser()
try {
  await take(browser, scene)
} finally {
  await browser.close()
  await scene.stop()
}
for (const name of [...Object.keys(pagesOf(scene)), ...STEPS, 'dataflows-dark']) {
  const { size } = await stat(`${FOLDER}${name}.png`)
  process.stdout.write(`${name}.png: ${Math.round(size / 1_000)} kB${size > LARGEST ? ', which is too large' : ''}\n`)
}
