import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { requestTest } from '../../src/alert/deliveries.ts'
import { dispatchDeliveries, reconcileDeliveries } from '../../src/alert/dispatch.ts'
import { openWebhookQueue } from '../../src/queue/queues.ts'
import { createLine } from '../support/line.ts'
import { CERTIFICATE, LOCALHOST, openReceiver } from '../support/receiver.ts'
import { SOON } from '../support/watching.ts'
import { allDeliveries, aWebhook } from '../support/webhooks.ts'

test('a worker killed while it delivers, and a Redis that lost everything, lose no delivery', async () => {
  const line = await createLine({ users: 0 })
  const { db, redis, keys } = line
  const receiver = await openReceiver(['nothing', 200], LOCALHOST)
  const { id } = await aWebhook(db, { url: receiver.url }, keys)
  await requestTest(db, id, 'ana')
  const queue = openWebhookQueue(redis)
  const worker = () =>
    line.startWith({ POOLKEEPER_WEBHOOK_HOSTS: receiver.host, NODE_EXTRA_CA_CERTS: CERTIFICATE }, 'worker')

  const killed = worker()
  await dispatchDeliveries(db, queue)
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), SOON)
  killed.kill('SIGKILL')
  await killed.finished
  await redis.flushdb()

  worker()
  // as if the three seconds had passed in which a job may be between two states
  await db.execute(sql`update poolkeeper.webhook_deliveries set dispatched_at = dispatched_at - interval '4 seconds'`)
  expect(await reconcileDeliveries(db, queue)).toBe(1)
  await dispatchDeliveries(db, queue)
  await vi.waitFor(async () => expect(await allDeliveries(db)).toMatchObject([{ state: 'delivered' }]), SOON)
  const [first, second] = receiver.received
  expect(second?.headers['poolkeeper-delivery']).toBe(first?.headers['poolkeeper-delivery'])
  expect(second?.body).toBe(first?.body)
})
