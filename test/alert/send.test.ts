import { createHmac } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { findDue } from '../../src/alert/attempts.ts'
import { requestTest } from '../../src/alert/deliveries.ts'
import { resolveHost } from '../../src/alert/destination.ts'
import { send } from '../../src/alert/send.ts'
import type { NewWebhook } from '../../src/alert/webhooks.ts'
import type { Database } from '../../src/db/database.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { LOCALHOST, openReceiver } from '../support/receiver.ts'
import { aWebhook } from '../support/webhooks.ts'

const keys = freshKeys()
const NEVER = new AbortController().signal

let db: Database

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

const senderTo = (...webhookHosts: string[]) => ({
  ...{ keys, webhookHosts, dashboard: undefined, resolve: resolveHost },
})

/** A test that is due for a webhook, as its first attempt finds it; and the webhook's secret. */
async function aDueTest(wanted: Partial<NewWebhook>) {
  const { id, secret } = await aWebhook(db, wanted, keys)
  const delivery = await requestTest(db, id, 'ana')
  const due = await findDue(db, { delivery: delivery.id, attempt: 0 })
  if (!due) throw new TypeError('it is not due')
  return { ...due, secret }
}

test('a receiver gets JSON that it can check with the secret', async () => {
  const { url, host, received } = await openReceiver()
  const due = await aDueTest({ url })
  expect(await send(senderTo(host), due, NEVER)).toEqual({ delivered: true, text: 'HTTP 200' })
  const [{ method, path, headers, body } = expect.fail('nothing came')] = received
  expect({ method, path }).toEqual({ method: 'POST', path: '/hook' })
  expect(JSON.parse(body)).toMatchObject({ id: due.delivery.id, event: 'test', at: expect.stringMatching(/Z$/) })
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'poolkeeper-delivery': String(due.delivery.id),
    'poolkeeper-event': 'test',
  })
  const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['poolkeeper-signature'])) ?? []
  expect(v1).toBe(
    createHmac('sha256', due.secret ?? '')
      .update(`${t}.${body}`)
      .digest('hex'),
  )
  expect(Math.abs(Number(t) - Date.now() / 1_000)).toBeLessThan(60)
})

test('Slack gets what it understands, without a signature that it does not', async () => {
  const { url, host, received } = await openReceiver()
  const due = await aDueTest({ url, format: 'slack' })
  expect(due.secret).toBeNull()
  await send(senderTo(host), due, NEVER)
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ text: 'A test from Poolkeeper' })
  expect(received[0]?.headers).not.toHaveProperty('poolkeeper-signature')
})

test('a redirect is not followed, wherever it leads', async () => {
  const inside = await openReceiver()
  const { url, host } = await openReceiver([
    (_request, response) => response.writeHead(307, { location: inside.url }).end(),
  ])
  expect(await send(senderTo(host, inside.host), await aDueTest({ url }), NEVER)).toEqual({
    delivered: false,
    text: 'HTTP 307',
  })
  expect(inside.received).toEqual([])
})

test('of an answer that never ends nothing is read', async () => {
  const { url, host } = await openReceiver([
    (_request, response) => {
      const more = () => response.writable && response.write('x'.repeat(65_536), more)
      response.writeHead(200)
      more()
    },
  ])
  expect(await send(senderTo(host), await aDueTest({ url }), NEVER)).toMatchObject({ delivered: true })
})

test('a name is resolved once, and what it leads to then is connected to', async () => {
  const { url, host, received } = await openReceiver()
  const { port } = new URL(url)
  let asked = 0
  // nobody has this name: had the connection asked for it again, it would not have come about
  const resolve = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }]
  const due = await aDueTest({ url: `http://rebinding.invalid:${port}/` })
  const sender = { ...senderTo(host, `rebinding.invalid:${port}`), resolve }
  expect(await send(sender, due, NEVER)).toMatchObject({ delivered: true })
  expect(asked).toBe(1)
  expect(received[0]?.headers.host).toBe(`rebinding.invalid:${port}`)
})

test('what nobody has allowed is not connected to', async () => {
  const { url, received } = await openReceiver()
  const { delivered, text } = await send(senderTo(), await aDueTest({ url }), NEVER)
  expect(delivered).toBe(false)
  expect(text).toMatch(/plain HTTP.*POOLKEEPER_WEBHOOK_HOSTS/)
  expect(received).toEqual([])
})

test('a receiver whose certificate nobody vouches for is not told', async () => {
  const { url, host, received } = await openReceiver([200], LOCALHOST)
  expect(await send(senderTo(host), await aDueTest({ url }), NEVER)).toEqual({
    delivered: false,
    text: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  expect(received).toEqual([])
})

test('a receiver that refuses, is gone or says nothing is told of in a word', async () => {
  const gone = await openReceiver()
  const refusing = await openReceiver([500])
  expect(await send(senderTo(refusing.host), await aDueTest({ url: refusing.url }), NEVER)).toEqual({
    delivered: false,
    text: 'HTTP 500',
  })
  const closed = gone.url.replace(/:\d+/, ':1')
  expect(await send(senderTo('127.0.0.1:1'), await aDueTest({ url: closed }), NEVER)).toMatchObject({
    text: 'ECONNREFUSED',
  })
  const quiet = new AbortController()
  const silent = await openReceiver([() => quiet.abort()])
  expect(await send(senderTo(silent.host), await aDueTest({ url: silent.url }), quiet.signal)).toMatchObject({
    delivered: false,
  })
})

test('a webhook whose key is gone says so', async () => {
  const due = await aDueTest({})
  const { text } = await send({ ...senderTo(), keys: freshKeys() }, due, NEVER)
  expect(text).toMatch(/webhook \d+ are sealed under the key/)
})
