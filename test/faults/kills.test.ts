import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Random } from '../../src/sandbox/random.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExactlyOnce, pagesRead, stagedUsers, waitForPages } from '../support/watching.ts'
import { type Crew, hire } from './crew.ts'
import { openTasks, pickUp } from './pickUp.ts'
import { figure, ROUNDS, seededRandom } from './round.ts'
import { watchPublished } from './watch.ts'

const KILLS = 5 * ROUNDS

/** max(lock + stalled check, 2 x stalled check) with a lock of 10 s and a check every 5 s, and 2 s to claim and read. */
const PICKED_UP_MS = 17_000

test('workers and schedulers killed with -9 at random moments lose nothing, double nothing, and the run ends once', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const random = seededRandom()
  const line = await createLine({ users: 2_000 * ROUNDS, groups: 3, latencyMs: 150 })
  const dataflow = await line.createDataflow({ name: 'Killed' })
  const crew = await hire(line, ['scheduler', 'worker', 'worker', 'worker'])
  const watch = watchPublished(line, 'killed')
  watch.allow()
  const run = await line.request(dataflow)

  const pickedUp: Promise<number>[] = []
  for (let kills = 0; kills < KILLS; kills++) {
    await waitForPages(line, (await pagesRead(line)) + 1 + random.below(8))
    pickedUp.push(...(await killOne(line, crew, random)))
  }

  const ended = await line.ended(run)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(await stagedUsers(line)).toBe([...line.sandbox.users()].length)
  await expectExactlyOnce(line, 'killed')
  const { polls } = await watch.stop()
  const slowest = Math.max(0, ...(await Promise.all(pickedUp)))
  expect(slowest).toBeLessThan(PICKED_UP_MS)
  figure('kills', KILLS)
  figure('streams cut off', pickedUp.length)
  figure('slowest to be picked up', slowest / 1000, 's')
  figure('looks of the reader', polls)
})

/** @returns the times, in ms, that it takes until others have taken up what the killed one was working at */
async function killOne(line: Line, crew: Crew, random: Random): Promise<Promise<number>[]> {
  const victim = crew[random.below(crew.length)]
  if (!victim) throw new TypeError('nobody is left')
  const { pid } = victim.process
  victim.process.kill('SIGKILL')
  await victim.process.finished
  victim.process = line.start(victim.name)
  const orphans = await openTasks(line, sql`claimed_by like ${`%:${pid}`}`)
  return orphans.map((orphan) => pickUp(line, orphan))
}
