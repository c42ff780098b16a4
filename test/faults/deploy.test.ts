import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import type { RunningCommand } from '../support/processes.ts'
import { testQueues } from '../support/queues.ts'
import { expectExactlyOnce, pagesRead, SOON, stagedUsers, USERS_ONLY } from '../support/watching.ts'
import { figure, ROUNDS } from './round.ts'
import { watchPublished } from './watch.ts'

/** What Docker gives a container: 10 s to the kill. */
const STOPS_WITHIN_MS = 9_000

/** Work that was not handed over but left lying is found by a stalled check, 10 s later at the earliest. */
const HANDED_OVER_MS = 6_000

test('deploys in the middle of a run hand every slice over: none lost, none that counts as a failure, no stall waited for', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const line = await createLine({ users: 3_000 * ROUNDS, groups: 3, latencyMs: 300 })
  const dataflow = await line.createDataflow({ name: 'Deployed' })
  const watch = watchPublished(line, 'deployed')
  watch.allow()
  let version = await deploy(line)
  const run = await line.request(dataflow)

  let slowestStopMs = 0
  let slowestHandoverMs = 0
  for (let deploys = 0; deploys < ROUNDS; deploys++) {
    const before = await pagesRead(line)
    await vi.waitFor(async () => expect(await pagesRead(line)).toBeGreaterThan(before + 8), SOON)
    const next = await deploy(line)
    slowestStopMs = Math.max(slowestStopMs, ...(await Promise.all(version.map(stop))))
    slowestHandoverMs = Math.max(slowestHandoverMs, await handedOver(line, version))
    version = next
  }

  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(await stagedUsers(line)).toBe([...line.sandbox.users()].length)
  await expectExactlyOnce(line, 'deployed')
  await watch.stop()
  expect(slowestStopMs).toBeLessThan(STOPS_WITHIN_MS)
  expect(slowestHandoverMs).toBeLessThan(HANDED_OVER_MS)
  figure('deploys', ROUNDS)
  figure('slowest process to end', slowestStopMs / 1_000, 's')
  figure('slowest stream to be gone on with', slowestHandoverMs / 1_000, 's')
})

/** Starts all processes of a version and waits until they are at work. */
async function deploy(line: Line): Promise<RunningCommand[]> {
  const names = ['scheduler', 'worker', 'worker']
  const version = names.map((name) => line.start(name))
  await vi.waitFor(() => version.map((process, at) => expect(process.output()).toContain(`${names[at]} is up`)), SOON)
  return version
}

/** @returns the ms until it had ended, by itself and in good order */
async function stop(process: RunningCommand): Promise<number> {
  const from = performance.now()
  process.kill('SIGTERM')
  expect(await process.finished).toMatchObject({ code: 0 })
  return performance.now() - from
}

/** @returns the ms, from the end of the old version on, until the new one is at everything that the old one left */
async function handedOver({ db }: Line, old: readonly RunningCommand[]): Promise<number> {
  const from = performance.now()
  const pids = old.map(({ pid }) => String(pid))
  const left = () =>
    db.execute<{ fruitless: number }>(sql`select fruitless_starts as fruitless from poolkeeper.tasks
      where state = 'ready' and split_part(claimed_by, ':', 2) in ${pids}`)
  expect((await left()).filter(({ fruitless }) => fruitless > 0)).toEqual([])
  await vi.waitFor(async () => expect(await left()).toEqual([]), SOON)
  return performance.now() - from
}

test('jobs of an older version, which go without what this one reads, and of a newer one are no loss: each run is made once', async () => {
  const line = await createLine({ users: 30, groups: 0, emptyPages: 0 })
  await line.startHere(['scheduler'])
  const queues = await testQueues(line.redisUrl)
  const payloads = [
    (ids: object) => ids,
    (ids: object) => ({ ...ids, v: 0 }),
    (ids: object) => ({ ...ids, v: 1, addedLater: { by: 'the next version' } }),
  ]
  const jobs = []
  const runs = []
  for (const [at, payload] of payloads.entries()) {
    const dataflow = await line.createDataflow({ name: `Version${at}`, ...USERS_ONLY })
    const run = await line.request(dataflow)
    const job = await vi.waitFor(async () => {
      const found = (await queues.plan.getWaiting()).find(({ data }) => data.run === run)
      if (!found) throw new TypeError('it was not dispatched yet')
      return found
    }, SOON)
    await job.updateData(payload({ task: job.data.task, run }) as typeof job.data)
    jobs.push(job)
    runs.push(run)
  }
  line.start('worker')
  for (const run of runs) expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(await Promise.all(jobs.map((job) => job.getState()))).toEqual(['failed', 'failed', 'completed'])
  expect(
    await line.db.execute(sql`select delivery, epoch from poolkeeper.tasks where kind = 'plan' order by id`),
  ).toEqual([2, 2, 1].map((delivery) => ({ delivery, epoch: 1 })))
})
