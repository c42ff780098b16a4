import { expect, test, vi } from 'vitest'
import { createLine } from '../support/line.ts'
import { openProxy } from '../support/proxy.ts'
import { expectExactlyOnce, pagesRead, SOON, waitForPages } from '../support/watching.ts'

test('Redis emptied before anybody took up the work: the work is handed out again', async () => {
  const line = await createLine({ users: 200, groups: 3 })
  const dataflow = await line.createDataflow({ name: 'Emptied' })
  await line.startHere(['scheduler'])
  const run = await line.request(dataflow)
  await vi.waitFor(async () => expect(await line.redis.llen('bull:poolkeeper-plan:wait')).toBe(1), SOON)
  await line.redis.flushdb()
  await line.startHere(['worker'])
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'emptied')
})

test('Redis emptied in the middle of a run: it still ends once, from its checkpoints', async () => {
  const line = await createLine({ users: 2_000, groups: 4, latencyMs: 100 })
  const dataflow = await line.createDataflow({ name: 'Emptied' })
  await line.startHere()
  const run = await line.request(dataflow)
  // the jobs of the streams that are read right now are lost with it
  await vi.waitFor(async () => expect(await line.redis.llen('bull:poolkeeper-stream:active')).toBeGreaterThan(0), SOON)
  await line.redis.flushdb()
  await waitForPages(line, 21)
  await line.redis.flushdb()
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'emptied')
})

test('Redis away for a while: requests are taken, streams go on, and the run ends once when it is back', async () => {
  const line = await createLine({ users: 300, groups: 3, latencyMs: 50 })
  const dataflow = await line.createDataflow({ name: 'Alone' })
  const proxy = await openProxy(line.redisUrl)
  await line.startHere(['scheduler', 'worker'], { redisUrl: proxy.url })
  proxy.cut()
  const run = await line.request(dataflow)
  await proxy.mend()
  await waitForPages(line, 3)
  proxy.cut()
  const pages = await pagesRead(line)
  await waitForPages(line, pages + 2)
  await proxy.mend()
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'alone')
})
