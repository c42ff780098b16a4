import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import type { RunningCommand } from '../support/processes.ts'
import { testQueues } from '../support/queues.ts'
import { expectExactlyOnce, pagesRead, SOON, stagedUsers, USERS_ONLY, waitForPages } from '../support/watching.ts'
import { figure, ROUNDS } from './round.ts'
import { watchPublished } from './watch.ts'

/** What Docker gives a container: 10 s to the kill. */
const STOPS_WITHIN_MS = 9_000

/** Work that was not handed over but left lying is found by a stalled check, 10 s later at the earliest. */
const TAKEN_OVER_MS = 6_000

test('deploys in the middle of a run hand every slice over: none lost, none that counts as a failure, no stall waited for', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const line = await createLine({ users: 4_000 * ROUNDS, groups: 3, latencyMs: 250 })
  const dataflow = await line.createDataflow({ name: 'Deployed' })
  const watch = watchPublished(line, 'deployed')
  watch.allow()
  let version = await deploy(line)
  const run = await line.request(dataflow)

  let slowestStopMs = 0
  let slowestTakeoverMs = 0
  let handedOver = 0
  for (let deploys = 0; deploys < ROUNDS; deploys++) {
    const before = await pagesRead(line)
    await waitForPages(line, before + 9)
    const next = deploy(line)
    slowestStopMs = Math.max(slowestStopMs, ...(await Promise.all(version.map(stop))))
    const left = await leftBy(line, version)
    expect(left.filter(({ fruitless }) => fruitless > 0)).toEqual([])
    handedOver += left.length
    const former = version
    version = await next
    slowestTakeoverMs = Math.max(slowestTakeoverMs, await takenOver(line, former))
  }

  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(await stagedUsers(line)).toBe([...line.sandbox.users()].length)
  await expectExactlyOnce(line, 'deployed')
  await watch.stop()
  expect(handedOver).toBeGreaterThan(0)
  expect(slowestStopMs).toBeLessThan(STOPS_WITHIN_MS)
  expect(slowestTakeoverMs).toBeLessThan(TAKEN_OVER_MS)
  figure('deploys', ROUNDS)
  figure('streams handed over', handedOver)
  figure('slowest process to end', slowestStopMs / 1_000, 's')
  figure('slowest stream to be gone on with once the new version is up', slowestTakeoverMs / 1_000, 's')
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

/** The streams that processes have put back, or left lying, and nobody has gone on with. */
async function leftBy({ db }: Line, processes: readonly RunningCommand[]) {
  const pids = processes.map(({ pid }) => String(pid))
  return db.execute<{ fruitless: number }>(sql`select fruitless_starts as fruitless from poolkeeper.tasks
    where kind = 'stream' and state = 'ready' and epoch > 0
      and (claimed_by is null or split_part(claimed_by, ':', 2) in ${pids})`)
}

/** @returns the ms until others are at everything that the processes of a former version have left */
async function takenOver(line: Line, former: readonly RunningCommand[]): Promise<number> {
  const from = performance.now()
  await vi.waitFor(async () => expect(await leftBy(line, former)).toEqual([]), SOON)
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
