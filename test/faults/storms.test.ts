import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { findRun } from '../../src/run/history.ts'
import { isActive } from '../../src/run/states.ts'
import type { Fault, FaultKind } from '../../src/sandbox/faults.ts'
import type { Random } from '../../src/sandbox/random.ts'
import { subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact, pagesRead, waitForPages } from '../support/watching.ts'
import { figure, ROUNDS, seededRandom } from './round.ts'
import { type Watch, watchPublished } from './watch.ts'

/** What passes by itself; each gust is one of them. */
const PASSING: readonly FaultKind[] = ['throttle', 'error500', 'html503', 'reset', 'slow']
const OPERATIONS = [undefined, 'ListUsers', 'ListUsersInGroup', 'ListGroups', 'DescribeUserPool']

const GUSTS = 12 * ROUNDS

/** A stream begins again three times at most, and by chance one stream may meet all of these. */
const EXPIRIES = 3

test('a storm of every passing fault at random moments is waited out: no row lost, none doubled, no request too many', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const random = seededRandom()
  const line = await createLine({ users: 2_000 * ROUNDS, groups: 4, latencyMs: 50 })
  const dataflow = await line.createDataflow({ name: 'Stormy' })
  const processes = [line.start('scheduler'), line.start('worker'), line.start('worker')]
  const watch = watchPublished(line, 'stormy')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  const inCalm = line.sandbox.requests.total

  changeThePool(line, watch)
  const run = await line.request(dataflow)
  const blown = await storm(line, run, random)
  const ended = await line.ended(run)
  expect(ended).toMatchObject({ state: 'succeeded' })
  await expectExact(line, 'stormy')
  const { polls, seen } = await watch.stop()
  expect(seen).toHaveLength(3)
  const inStorm = line.sandbox.requests.total - inCalm
  // every blow costs a request, and what was read ahead of it a second one; an expiry a whole stream
  expect(inStorm).toBeLessThan((1 + EXPIRIES) * inCalm + 2 * blown)
  expect(ended.requests).toBeLessThanOrEqual(inStorm)
  expect(processes.map((process) => process.output()).join('\n')).not.toMatch(/"level":(50|60)/)
  figure('requests in calm', inCalm)
  figure('requests in the storm', inStorm)
  figure('requests that a fault struck', blown)
  figure('length of the run', ended.seconds ?? 0, 's')
  figure('looks of the reader', polls)
})

interface Ending {
  readonly fault: Fault
  readonly cause: string
  /** Requests that may still be made once it has begun. */
  readonly requestsAtMost: number
}

const ENDINGS: readonly Ending[] = [
  // each of the streams, and the page that it reads ahead
  { fault: { kind: 'poolDeleted' }, cause: 'pool-not-found', requestsAtMost: 10 },
  // within three times the circle, from the last power of two on
  { fault: { kind: 'loopingToken', operation: 'ListUsers', cycle: 1 }, cause: 'token-loop', requestsAtMost: 30 },
  { fault: { kind: 'loopingToken', operation: 'ListUsers', cycle: 3 }, cause: 'token-loop', requestsAtMost: 30 },
  // each stream begins again three times: its first page, and the refused one, each time
  { fault: { kind: 'expiredTokens' }, cause: 'token-expired', requestsAtMost: 40 },
]

test('what does not pass ends the run by its cause after a few requests, and readers keep what they had', async () => {
  const line = await createLine({ users: 1_500, groups: 2, latencyMs: 30 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Cut' })
  const watch = watchPublished(line, 'cut')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  changeThePool(line)
  for (const { fault, cause, requestsAtMost } of ENDINGS) {
    const run = await line.request(dataflow)
    await waitForPages(line, 3, run)
    const before = line.sandbox.requests.total
    line.sandbox.faults.add(fault)
    expect(await line.ended(run)).toMatchObject({ state: 'failed', cause })
    expect(await openTasks(line, run)).toBe(0)
    const requests = line.sandbox.requests.total - before
    expect(requests, cause).toBeLessThan(requestsAtMost)
    figure(`requests after ${fault.kind} ${fault.cycle ?? ''}`.trim(), requests)
    line.sandbox.faults.clear()
  }
  expect((await watch.stop()).seen).toHaveLength(2)
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  await expectExact(line, 'cut')
})

test('nineteen of twenty pages empty, each with a token: read to the end, once', async () => {
  const line = await createLine({ users: 250, groups: 1, shortPages: 0.3, emptyPages: 0.95 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Sparse' })
  const watch = watchPublished(line, 'sparse')
  watch.allow()
  const run = await line.run(dataflow)
  expect(run).toMatchObject({ state: 'succeeded', requests: line.sandbox.requests.total })
  await expectExact(line, 'sparse')
  const { polls } = await watch.stop()
  figure('pages, nearly all of them empty', await pagesRead(line))
  figure('looks of the reader', polls)
})

/** Some come, some go, everybody in between is called otherwise. */
function changeThePool({ sandbox }: Line, watch?: Watch): void {
  const subs = [...sandbox.users()].map((user) => subOf(user) ?? '')
  for (const sub of subs.slice(0, 10)) sandbox.deleteUser(sub)
  for (const sub of subs.slice(10, 40)) sandbox.changeUser(sub, { attributes: { nickname: 'after the storm' } })
  for (let come = 0; come < 15; come++) sandbox.addUser()
  watch?.allow()
}

/** Blows until all gusts are spent or the run has ended. @returns how many requests were to be struck at most */
async function storm(line: Line, run: number, random: Random): Promise<number> {
  let blows = 0
  let expiries = 0
  for (let gusts = 0; gusts < GUSTS && isActive((await findRun(line.db, run)).state); gusts++) {
    const count = 1 + random.below(6)
    const kind = PASSING[random.below(PASSING.length)] ?? 'reset'
    const operation = OPERATIONS[random.below(OPERATIONS.length)]
    line.sandbox.faults.add({ kind, count, ms: random.below(2_000), ...(operation && { operation }) })
    blows += count
    if (expiries < EXPIRIES && random.chance(0.4)) {
      line.sandbox.faults.add({ kind: 'expiredTokens', operation: 'ListUsers', count: 1 })
      expiries++
    }
    await pause(random.below(500))
  }
  return blows + expiries
}

async function openTasks({ db }: Line, run: number): Promise<number> {
  return (await db.execute(sql`select from poolkeeper.tasks where run_id = ${run} and state = 'ready'`)).length
}
