import type { Page } from 'playwright-core'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openDashboard } from '../dashboard/visitor.ts'
import { createLine, type Line } from '../support/line.ts'
import { closeBrowser, openWindow, type Window } from './window.ts'

afterAll(closeBrowser)

/** A pool, a scheduler and a worker, and somebody's window on them. */
async function openLine(users: number): Promise<{ line: Line; at: Window }> {
  const line = await createLine({ users, groups: 3 })
  await line.startHere()
  const { databaseUrl, redisUrl, keys, sandbox, db } = line
  const dashboard = await openDashboard({ databaseUrl, redisUrl, keys, cognitoEndpoint: sandbox.endpoint })
  onTestFinished(dashboard.close)
  return { line, at: await openWindow({ url: dashboard.url, db }) }
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const fill = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)

/** Opens the Actions menu of a dataflow and picks something. */
async function act(page: Page, dataflow: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions of ${dataflow}` }).click()
  await page.locator('.menu:popover-open').getByText(action, { exact: true }).click()
}

test('the steps of the document lead from New Dataflow to Remove', async () => {
  const { line, at } = await openLine(40)
  const { page, open } = at
  const { sandbox } = line

  // create a new dataflow
  await page.getByRole('link', { name: 'New Dataflow' }).first().click()
  await fill(page, 'Name', 'Customer Pool')
  await press(page, 'Next')
  await page
    .getByText(/letters and (digits|numbers)/)
    .first()
    .waitFor()
  expect(await page.title()).toMatch(/^Error: /)
  await fill(page, 'Name', 'CustomerPool')
  await press(page, 'Next')

  // add the AWS Cognito connector
  await page.getByRole('link', { name: 'Services and apps' }).click()
  await page.getByRole('searchbox', { name: 'Search' }).fill('cognito')
  await press(page, 'Search')
  await page.getByRole('button', { name: /AWS Cognito/ }).click()
  await page.getByRole('heading', { name: 'Set dataflow name' }).waitFor()
  await fill(page, 'Display Name', 'Customers')
  await fill(page, 'Description', 'Who buys from us')
  await press(page, 'Next')

  // configure it: first with a secret that is wrong
  await fill(page, 'User Pool ID', sandbox.poolId)
  await page.locator('#kind').getByText('Access key').click()
  await fill(page, 'Access key ID', sandbox.credentials.accessKeyId)
  await fill(page, 'Secret access key', 'wrong')
  await press(page, 'Connect')
  await page.getByRole('alert').first().waitFor()
  await fill(page, 'Secret access key', sandbox.credentials.secretAccessKey)
  await press(page, 'Connect')
  await page.getByRole('heading', { name: 'Table Details' }).waitFor()

  // Table Details
  await page.getByLabel('Purpose of users').selectOption('Customer 360')
  await press(page, 'Next')
  await page.getByRole('heading', { name: 'When it runs' }).waitFor()
  await press(page, 'Next')
  await press(page, 'Save')

  // it appears on the Dataflow page, and its tables in Databases
  await open('/')
  await page
    .getByRole('row', { name: /Customers/ })
    .getByText('New')
    .waitFor()
  await open('/databases')
  await page.getByText('customerpool').first().waitFor()

  // Run, and Run History
  await open('/')
  await act(page, 'CustomerPool', 'Run')
  await page.getByText('Completed').or(page.getByText('Succeeded')).first().waitFor({ timeout: 60_000 })
  await open('/')
  await act(page, 'CustomerPool', 'Run History')
  await page.getByRole('heading', { name: /Run History/i }).waitFor()
  await open('/databases/customerpool/users')
  await page.getByText('CONFIRMED').first().waitFor()

  // Edit
  await open('/')
  await act(page, 'CustomerPool', 'Edit')
  await fill(page, 'Display Name', 'Buyers')
  await press(page, 'Save')
  await open('/')
  await page.getByRole('row', { name: /Buyers/ }).waitFor()

  // Remove
  await act(page, 'CustomerPool', 'Remove')
  await page.getByRole('heading', { name: /Remove CustomerPool and its \d tables\?/ }).waitFor()
  await page.getByLabel('Type CustomerPool to remove it').fill('CustomerPool')
  await press(page, 'Delete')
  await page.getByText('No dataflows yet').waitFor()
  await open('/databases')
  expect(await page.getByText('customerpool').count()).toBe(0)
})

test('a rollback brings back who went, and leads forward again', async () => {
  const { line, at } = await openLine(30)
  const { page, open } = at
  const pool = await line.createDataflow({ name: 'CustomerPool', maxRemovedPercent: 100 })
  const before = await line.run(pool)
  for (const { Username = '' } of [...line.sandbox.users()].slice(0, 3)) line.sandbox.deleteUser(Username)
  const after = await line.run(pool)
  const usersSeen = async () => {
    await open('/databases/customerpool/users')
    return page.locator('tbody tr').count()
  }
  expect(await usersSeen()).toBe(27)
  await open(`/dataflows/CustomerPool/rollback?to=${before.run}`)
  await page.getByRole('button', { name: `Roll back to run ${before.run}: 3 users come back` }).click()
  await page.waitForURL(/CustomerPool$/)
  expect(await usersSeen()).toBe(30)
  await open(`/dataflows/CustomerPool/rollback?to=${after.run}`)
  await page.getByRole('button', { name: new RegExp(`run ${after.run}: 3 users`) }).click()
  await page.waitForURL(/CustomerPool$/)
  expect(await usersSeen()).toBe(27)
})

test('a failed import tells what to fix, and works once that is fixed', async () => {
  const { line, at } = await openLine(20)
  const { page, open } = at
  const refused = line.sandbox.addPrincipal({ denied: ['cognito-idp:ListGroups'] })
  const pool = await line.createDataflow({ name: 'CustomerPool', credentials: { kind: 'access-key', ...refused } })
  const failed = await line.run(pool)
  await open('/dataflows/CustomerPool/runs')
  await page
    .getByText(/lack the permission cognito-idp:ListGroups/)
    .first()
    .waitFor()
  await open('/dataflows/CustomerPool/edit')
  await fill(page, 'Access key ID', line.sandbox.credentials.accessKeyId)
  await fill(page, 'Secret access key', line.sandbox.credentials.secretAccessKey)
  await press(page, 'Save')
  await open(`/runs/${failed.run}`)
  await press(page, 'Retry')
  await page
    .locator('#run-state')
    .getByText(/Succeeded|Completed/)
    .waitFor({ timeout: 60_000 })
})
