import type { Job } from 'bullmq'
import { beforeAll, expect, test } from 'vitest'
import { requestTest } from '../../src/alert/deliveries.ts'
import { resolveHost } from '../../src/alert/destination.ts'
import type { Database } from '../../src/db/database.ts'
import { webhookDeliveries } from '../../src/db/schema/webhooks.ts'
import type { DeliveryJob } from '../../src/queue/queues.ts'
import { deliver } from '../../src/worker/deliver.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Answer, openReceiver } from '../support/receiver.ts'
import { somebodyWaits } from '../support/waiting.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

const keys = freshKeys()

let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database

beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
})

/** A webhook that is to be sent a test, by an attempt that was handed out; and a worker that may reach it. */
async function anAttempt(answers: readonly Answer[], { attempts = 1, quiet = new AbortController() } = {}) {
  await db.delete(webhookDeliveries)
  const { url, host, received } = await openReceiver(answers)
  const { id } = await aWebhook(db, { url: `${url}?token=hunter2` }, keys)
  const { id: delivery } = await requestTest(db, id, 'ana')
  await db.update(webhookDeliveries).set({ attempts, dispatchedAt: new Date() })
  const sender = { keys, webhookHosts: [host], dashboard: undefined, resolve: resolveHost }
  const complaints: string[] = []
  const complain = (_error: unknown, message: string) => void complaints.push(message)
  const job = { id: `delivery-${delivery}-${attempts}`, data: { v: 1, delivery, attempt: attempts } }
  const perform = (others: { db?: Database } = {}) =>
    deliver({ db, sender, complain, quiet: quiet.signal, ...others }, job as Job<DeliveryJob>)
  return { perform, received, complaints }
}

test('what its receiver took is delivered, and not sent again by a second job', async () => {
  const { perform, received } = await anAttempt([204])
  expect(await perform()).toBe('HTTP 204')
  expect(await allDeliveries(db)).toMatchObject([
    { state: 'delivered', outcome: 'HTTP 204', finishedAt: expect.any(Date) },
  ])
  expect(await perform()).toMatch(/Nothing left to do/)
  expect(received).toHaveLength(1)
})

test('a job that comes before it was handed out for good waits for that', async () => {
  const { perform, received } = await anAttempt([200])
  await db.update(webhookDeliveries).set({ attempts: 0, dispatchedAt: null })
  let delivering: Promise<string> | undefined
  await db.transaction(async (tx) => {
    await tx.update(webhookDeliveries).set({ attempts: 1, dispatchedAt: new Date() })
    delivering = perform()
    await expect.poll(() => somebodyWaits(db)).toBe(true)
    expect(received).toEqual([])
  })
  expect(await delivering).toBe('HTTP 200')
})

test('what it refused fails the job, and says on Bull Board what follows; neither the address nor the answer', async () => {
  const { perform } = await anAttempt([503])
  const failure = await perform().then(
    () => expect.fail('it did not fail'),
    (error: Error) => error,
  )
  expect(failure.message).toMatch(/^HTTP 503; attempt 1 of 10, the next one follows at 20\d\d-.*Z\.$/)
  expect(`${failure.stack}`).not.toMatch(/hunter2|127\.0\.0\.1|thank you/)
  expect(await allDeliveries(db)).toMatchObject([{ state: 'waiting', outcome: 'HTTP 503', dispatchedAt: null }])
})

test('the tenth failure is the last', async () => {
  const { perform } = await anAttempt([503], { attempts: 10 })
  await expect(perform()).rejects.toThrow('HTTP 503; given up after 10 attempts.')
  expect(await allDeliveries(db)).toMatchObject([{ state: 'given-up', finishedAt: expect.any(Date) }])
})

test('an attempt that is cut off, because its worker is going, is made anew at once', async () => {
  const quiet = new AbortController()
  const { perform } = await anAttempt([() => quiet.abort()], { quiet })
  expect(await perform()).toMatch(/^Cut off/)
  const [delivery] = await allDeliveries(db)
  expect(delivery).toMatchObject({ state: 'waiting', dispatchedAt: null })
  expect(delivery?.dueAt.getTime()).toBeLessThanOrEqual(Date.now())
})

test('while Postgres is away nothing of it stands on Bull Board, and the delivery waits for a scheduler', async () => {
  const away = database.db.openAnother({ name: 'away' })
  const { perform, complaints } = await anAttempt([200])
  await Promise.all([away.$client.end(), away.connections.end(0), away.statements.end(0)])
  await expect(perform({ db: away })).rejects.toThrow(/^It could not be settled \(\w+ CONNECTION_ENDED\); another/)
  expect(complaints).toHaveLength(1)
  expect(await allDeliveries(db)).toMatchObject([{ state: 'waiting', dispatchedAt: expect.any(Date) }])
})
