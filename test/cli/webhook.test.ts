import { expect, test, vi } from 'vitest'
import { createLine } from '../support/line.ts'
import { openReceiver } from '../support/receiver.ts'
import { SOON } from '../support/watching.ts'

test('a webhook is made, tried out and told of a run that fails, by what is running', async () => {
  // the test, the run, and the second test, which it refuses
  const receiver = await openReceiver([200, 200, 403])
  const line = await createLine({ users: 0 })
  await line.startHere(['scheduler', 'worker'], { webhookHosts: [receiver.host] })
  const made = await line.command('webhook', 'create', 'on-call', '--url', receiver.url, '--event', 'run.failed')
  expect(made).toMatchObject({ code: 0, stdout: '' })
  expect(made.stderr).toMatch(
    new RegExp(`${receiver.host} is told of run.failed.\n.*once:\npkwh_.{27}\n.*webhook test 1`),
  )

  const tried = await line.command('webhook', 'test', '1', '--json')
  expect(tried.code).toBe(0)
  expect(JSON.parse(tried.stdout)).toMatchObject({ event: 'test', state: 'delivered', outcome: 'HTTP 200' })

  const gone = await line.createDataflow({ name: 'Gone', poolId: 'eu-central-1_NoSuchPool' })
  const { run } = await line.run(gone)
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), SOON)
  const told = JSON.parse(receiver.received[1]?.body ?? '')
  expect(told).toMatchObject({ event: 'run.failed', dataflow: 'Gone', run, cause: 'pool-not-found', link: null })

  const refused = await line.command('webhook', 'test', '1')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('The test was not taken: HTTP 403.')

  const [listed, deliveries] = await Promise.all([
    line.command('webhook', 'list'),
    line.command('webhook', 'deliveries', '1'),
  ])
  expect(listed.stderr).toMatch(/1 +on-call +127\.0\.0\.1:\d+ +json +run\.failed +all/)
  expect(listed.stderr).not.toContain('/hook')
  expect(deliveries.stderr).toMatch(/3 +test +waiting +1 +HTTP 403/)
  expect(deliveries.stderr).toMatch(/2 +run\.failed +Gone +\d+ +delivered +1 +HTTP 200/)
})
