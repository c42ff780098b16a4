import { beforeAll, beforeEach, expect, test } from 'vitest'
import { openTarget } from '../../src/alert/target.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import type { Database } from '../../src/db/database.ts'
import { audit } from '../../src/db/schema/access.ts'
import { webhooks } from '../../src/db/schema/webhooks.ts'
import { example } from '../dataflow/examples.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { ANA, operationsOf } from '../support/operations.ts'
import { EVERY_EVENT } from '../support/webhooks.ts'

const keys = freshKeys()
const URL_WITH_SECRET = 'https://hooks.slack.com/services/T0/B0/hunter2'

let db: Database
let ana: ReturnType<typeof operationsOf>

beforeAll(async () => {
  db = (await createTestDatabase()).db
  ana = operationsOf(db, ANA, keys)
})

beforeEach(async () => {
  await db.delete(webhooks)
  await db.delete(audit)
})

const make = (body: Partial<Parameters<typeof ana<'createWebhook'>>[1]['body']> = {}) =>
  ana('createWebhook', { body: { name: 'on-call', url: URL_WITH_SECRET, ...body } })

test('a webhook is made for every event and every dataflow unless said otherwise, and its secret is told once', async () => {
  const { secret, ...made } = await make()
  expect(made).toMatchObject({ host: 'hooks.slack.com', events: EVERY_EVENT, dataflows: null, createdBy: 'ana' })
  expect(secret).toMatch(/^pkwh_[\w-]{27}$/)
  const { items } = await ana('listWebhooks', {})
  expect(items).toEqual([made])
  expect(await ana('showWebhook', { webhook: made.id })).toEqual(made)
})

test('it keeps to the dataflows that it was made for', async () => {
  const { name } = await aBareDataflow(db)
  expect(await make({ dataflows: [name.toLowerCase(), name] })).toMatchObject({ dataflows: [name] })
  await expect(make({ dataflows: ['NoSuchPool'] })).rejects.toMatchObject({ code: 'not-found' })
})

test('neither its address nor its secret stands anywhere but under a key', async () => {
  const { id, secret } = await make()
  const [row] = await db.select().from(webhooks)
  const written = JSON.stringify([row, row?.sealed.toString('latin1'), await db.select().from(audit)])
  expect(written).not.toMatch(/hunter2|pkwh_/)
  expect(row && openTarget(keys, row)).toEqual({ url: new URL(URL_WITH_SECRET), secret })
  // nor does it open as another's
  expect(() => row && openTarget(keys, { ...row, id: id + 1 })).toThrow(/belong to another record/)
})

test('the audit log says who made, tried and removed it', async () => {
  const { id } = await make()
  await ana('testWebhook', { webhook: id })
  await ana('removeWebhook', { webhook: id })
  expect(await db.select().from(audit).orderBy(audit.id)).toMatchObject([
    { action: 'createWebhook', actor: 'ana', target: `webhook ${id}`, details: { host: 'hooks.slack.com' } },
    { action: 'testWebhook', target: `webhook ${id}` },
    { action: 'removeWebhook', target: `webhook ${id}` },
  ])
})

test('its deliveries are read page by page, and go with it', async () => {
  const { id } = await make()
  for (let n = 0; n < 3; n++) await ana('testWebhook', { webhook: id })
  const { items, next } = await ana('listDeliveries', { webhook: id, limit: 2 })
  expect(items).toMatchObject([{ event: 'test', state: 'waiting', outcome: null }, {}])
  const rest = await ana('listDeliveries', { webhook: id, limit: 2, cursor: next ?? '' })
  expect(rest).toMatchObject({ items: [{ attempts: 0 }], next: null })
  await ana('removeWebhook', { webhook: id })
  await expect(ana('listDeliveries', { webhook: id })).rejects.toMatchObject({ code: 'not-found' })
})

test.each(['showWebhook', 'removeWebhook', 'testWebhook', 'listDeliveries'] as const)(
  '%s says that there is no such webhook',
  async (name) => {
    await expect(ana(name, { webhook: 999_999 })).rejects.toMatchObject({ code: 'not-found' })
    expect(await db.select().from(audit)).toEqual([])
  },
)

test('what is wrong with it is told at once, and does not repeat its address', async () => {
  const wrong = make({ name: 'a\nb', events: ['run.started' as 'run.failed'], dataflows: [] })
  await expect(wrong).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/one line.*no event run\.started; choose among.*at least one dataflow/),
  })
  const address = make({ url: 'gopher://hunter2.example.com/' })
  await expect(address).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') })
})

test('it is not sealed under a key that the workers may not have', async () => {
  await createDataflow(db, keys, example())
  const stranger = operationsOf(db, ANA, freshKeys())
  const refused = stranger('createWebhook', { body: { name: 'x', url: URL_WITH_SECRET } })
  await expect(refused).rejects.toMatchObject({ code: 'wrong-key' })
})
