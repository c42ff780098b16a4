import { randomInt } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { Random } from '../../src/sandbox/random.ts'
import { createLine, type Line } from '../support/line.ts'
import type { RunningCommand } from '../support/processes.ts'
import { expectExactlyOnce, pagesRead, SOON, USERS_ONLY, waitForPages } from '../support/watching.ts'

const KILLS = 4

test('workers killed with -9 again and again lose nothing and double nothing, and the run ends once', async ({
  annotate,
}) => {
  const seed = randomInt(1_000_000)
  await annotate(`seed of the kills: ${seed}`)
  const random = new Random(seed)
  const line = await createLine({ users: 2_000, groups: 3, latencyMs: 100 })
  const dataflow = await line.createDataflow({ name: 'Killed' })
  await line.startHere(['scheduler'])
  let workers: [RunningCommand, RunningCommand] = [line.start('worker'), line.start('worker')]
  await vi.waitFor(() => workers.map((worker) => expect(worker.output()).toContain('worker is up')), SOON)
  const run = await line.request(dataflow)
  for (let kills = 0; kills < KILLS; kills++) {
    await waitForPages(line, (await pagesRead(line)) + 1 + random.below(6))
    const [victim, survivor] = random.chance(0.5) ? workers : workers.toReversed()
    victim?.kill('SIGKILL')
    if (survivor) workers = [survivor, line.start('worker')]
  }
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectNothingTwice(line, 'killed')
})

test('a worker that was frozen past its lock is turned away when it wakes up', async () => {
  const line = await createLine({ users: 600, groups: 0, latencyMs: 100, shortPages: 0, emptyPages: 0 })
  const dataflow = await line.createDataflow({ name: 'Frozen', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  const frozen = line.start('worker')
  const run = await line.request(dataflow)
  await waitForPages(line, 2)
  frozen.kill('SIGSTOP')
  const [before] = await streams(line)
  // its successor's first answer takes seconds, the sleeper's next one none: only the epoch tells who may commit the page
  line.sandbox.tune({ latencyMs: 5_000 })
  const asked = line.sandbox.requests.total
  const successor = line.start('worker')
  await vi.waitFor(() => expect(line.sandbox.requests.total).toBeGreaterThan(asked), SOON)
  expect((await streams(line))[0]).toMatchObject({ epoch: 2, page: before?.page })
  line.sandbox.tune({ latencyMs: 0 })
  frozen.kill('SIGCONT')
  await vi.waitFor(() => expect(frozen.output()).toContain('turned away'), SOON)
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(successor.output()).not.toContain('turned away')
  await expectNothingTwice(line, 'frozen')
})

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
  await expectNothingTwice(line, 'drained')
})

/** Every user was staged once: no page was committed by two workers. */
async function expectNothingTwice(line: Line, schema: string): Promise<void> {
  const [staged] = await line.db.execute(
    sql`select sum(rows)::int as rows from poolkeeper.tasks where stream->>'source' = 'users'`,
  )
  expect(staged).toEqual({ rows: [...line.sandbox.users()].length })
  await expectExactlyOnce(line, schema)
}

const streams = ({ db }: Line) =>
  db.execute<{ epoch: number; page: number; state: string; rows: number }>(
    sql`select epoch, page, state, rows from poolkeeper.tasks where kind = 'stream' order by id`,
  )
