import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { openReader } from '../support/expected.ts'
import { look } from '../support/fingerprint.ts'
import { createLine, type Line } from '../support/line.ts'
import { testQueues } from '../support/queues.ts'
import { SOON } from '../support/watching.ts'
import { letLocksRunOut } from './locks.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

/** Longer than any worker lives in this test. */
const NEVER_MS = 60_000

test('a stream that takes its worker down each time is given up, by name, and nothing else suffers', async () => {
  const line = await createLine({ users: 2_000, groups: 2 })
  const dataflow = await line.createDataflow({ name: 'Looping' })
  await line.startHere(['scheduler'])
  const watch = watchPublished(line, 'looping')
  watch.allow()
  let worker = line.start('worker')
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  const reader = openReader(line.databaseUrl)
  const before = await look(reader, 'looping')

  const requestsForA = leaveUnanswered(line, 'sub ^= "a"')
  const run = await line.request(dataflow)
  const isReached = async (starts: number) => {
    if (starts === 1) expect(await streamsLeft(line, run)).toEqual(['users · a'])
    expect(requestsForA()).toBe(starts)
  }
  for (let starts = 1; starts <= 5; starts++) {
    await vi.waitFor(() => isReached(starts), SOON)
    worker.kill('SIGKILL')
    await worker.finished
    await letLocksRunOut(line)
    // as an orchestrator does
    worker = line.start('worker')
  }
  const { state, cause, description } = await line.ended(run)
  expect({ state, cause }).toEqual({ state: 'failed', cause: 'crash-loop' })
  expect(description).toContain('"users · a" was begun 5 times')
  expect(requestsForA()).toBe(5)
  await vi.waitFor(async () => expect(await jobsLeft(line)).toBe(0), SOON)
  expect(await look(reader, 'looping')).toBe(before)
  await watch.stop()
  figure('starts of a stream that crashes', requestsForA())
})

/** The requests with this filter get no answer. @returns how many there were so far */
function leaveUnanswered({ sandbox }: Line, filter: string): () => number {
  let requests = 0
  vi.spyOn(sandbox.faults, 'strike').mockImplementation(({ input }) => {
    if (input.Filter !== filter) return new Map()
    requests++
    return new Map([['slow', { kind: 'slow', ms: NEVER_MS, probability: 1, cycle: 1, prefix: '' }]])
  })
  return () => requests
}

async function streamsLeft({ db }: Line, run: number): Promise<string[]> {
  const left = await db.execute<{ label: string }>(
    sql`select label from poolkeeper.tasks where run_id = ${run} and state = 'ready'`,
  )
  return left.map(({ label }) => label)
}

async function jobsLeft({ redisUrl }: Line): Promise<number> {
  const queues = Object.values(await testQueues(redisUrl))
  const counts = await Promise.all(queues.map((queue) => queue.count()))
  const active = await Promise.all(queues.map((queue) => queue.getActiveCount()))
  return [...counts, ...active].reduce((sum, more) => sum + more, 0)
}
