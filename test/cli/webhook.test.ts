import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { commandHere } from '../support/commandHere.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { createLine } from '../support/line.ts'
import { startCommand } from '../support/processes.ts'
import { openReceiver } from '../support/receiver.ts'
import { testRedisUrl } from '../support/redis.ts'
import { SOON } from '../support/watching.ts'
import { bothWays, type Ways } from './ways.ts'

const POOLKEEPER_KEY = randomBytes(32).toString('base64')

let ways: Ways

beforeAll(async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const { keys } = loadConfig({ POOLKEEPER_KEY })
  ways = await bothWays({ db, databaseUrl, redisUrl: await testRedisUrl(), keys })
  await aBareDataflow(db, { name: 'CustomerPool' })
  return ways.close
})

test('a webhook is made, tried out and told of a run that fails, by what is running', async () => {
  // the test, the run, and the second test, which it refuses
  const receiver = await openReceiver([200, 200, 403])
  const line = await createLine({ users: 0 })
  await line.startHere(['scheduler', 'worker'], { webhookHosts: [receiver.host] })
  const webhook = (...args: string[]) => commandHere(['webhook', ...args], line.env)
  const made = await webhook('create', 'on-call', '--url', receiver.url, '--event', 'run.failed')
  expect(made).toMatchObject({ code: 0, stdout: '' })
  expect(made.stderr).toMatch(
    new RegExp(`${receiver.host} is told of run.failed.\n.*once:\npkwh_.{27}\n.*webhook test 1`),
  )

  const tried = await webhook('test', '1', '--json')
  expect(tried.code, tried.stderr).toBe(0)
  expect(JSON.parse(tried.stdout)).toMatchObject({ event: 'test', state: 'delivered', outcome: 'HTTP 200' })

  const gone = await line.createDataflow({ name: 'Gone', poolId: 'eu-central-1_NoSuchPool' })
  const { run } = await line.run(gone)
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), SOON)
  const told = JSON.parse(receiver.received[1]?.body ?? '')
  expect(told).toMatchObject({ event: 'run.failed', dataflow: 'Gone', run, cause: 'pool-not-found', link: null })

  const refused = await webhook('test', '1')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('The test was not taken: HTTP 403.')

  const [listed, deliveries] = [await webhook('list'), await webhook('deliveries', '1', '--limit', '2')]
  expect(listed.stderr).toMatch(/1 +on-call +127\.0\.0\.1:\d+ +json +run\.failed +all/)
  expect(listed.stderr).not.toContain('/hook')
  expect(deliveries.stderr).toMatch(/3 +test +waiting +1 +HTTP 403/)
  expect(deliveries.stderr).toMatch(/2 +run\.failed +Gone +\d+ +delivered +1 +HTTP 200/)
  expect(deliveries.stderr).not.toMatch(/^ *1 +test/m)
})

test('the address of Slack, which is a secret, is read from stdin', async () => {
  const { url } = await createTestDatabase()
  const address = 'https://hooks.slack.com/services/T0/B0/hunter2'
  const env = { DATABASE_URL: url, REDIS_URL: await testRedisUrl(), POOLKEEPER_KEY }
  const made = startCommand(['webhook', 'create', 'ops', '--format', 'slack'], env)
  made.tell(`${address}\n`)
  const { code, stderr } = await made.finished
  expect(stderr).toMatch(/^Webhook 1, ops: hooks\.slack\.com is told of/)
  expect(stderr).not.toMatch(/hunter2|secret/)
  expect(code).toBe(0)
})

describe.each(['here', 'there'] as const)('webhooks on the command line, %s', (which) => {
  test('are made, looked at and removed', async () => {
    const webhook = (...args: string[]) => ways[which](['webhook', ...args], which === 'here' ? { POOLKEEPER_KEY } : {})
    const made = await webhook(
      'create',
      'crm',
      '--url',
      'https://crm.example.com/x',
      '--dataflow',
      'customerpool',
      '--json',
    )
    const { id, secret } = JSON.parse(made.stdout)
    expect(secret).toMatch(/^pkwh_/)
    const shown = await webhook('show', String(id))
    expect(shown.stderr).toMatch(/crm +crm\.example\.com +json/)
    expect((await webhook('deliveries', String(id))).stderr).toBe('It was told nothing yet.\n')
    expect((await webhook('remove', String(id))).stderr).toBe(`Webhook ${id}, crm, is told nothing any more.\n`)
    expect(await webhook('show', String(id))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('webhook list'),
    })
    expect((await webhook('create', 'crm', '--url', 'gopher://crm')).code).toBe(2)
  })
})
