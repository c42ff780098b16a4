import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import { expectExactlyOnce, USERS_ONLY, waitForPages } from '../support/watching.ts'

test('a worker that is told to stop ends within 10 s, and another goes on from its page', async () => {
  const line = await createLine({ users: 600, groups: 0, latencyMs: 150, shortPages: 0, emptyPages: 0 })
  const dataflow = await line.createDataflow({ name: 'Drained', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  const first = line.start('worker')
  const run = await line.request(dataflow)
  await waitForPages(line, 3)
  const told = Date.now()
  first.kill('SIGTERM')
  expect(await first.finished).toMatchObject({ code: 0 })
  expect(Date.now() - told).toBeLessThan(10_000)
  const [left] = await streams(line)
  expect(left).toMatchObject({ state: 'ready', epoch: 1 })

  line.start('worker')
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  const [stream] = await streams(line)
  expect(stream).toMatchObject({ epoch: 2, page: 10, rows: 600 })
  // ten pages, and at most the one under way and the one read ahead when the first was told
  expect(line.sandbox.requests.operations.ListUsers).toBeLessThanOrEqual(12)
  await expectExactlyOnce(line, 'drained')
})

const streams = ({ db }: Line) =>
  db.execute<{ epoch: number; page: number; state: string; rows: number }>(
    sql`select epoch, page, state, rows from poolkeeper.tasks where kind = 'stream' order by id`,
  )
