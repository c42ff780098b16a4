import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { findRun } from '../../src/run/history.ts'
import { isActive } from '../../src/run/states.ts'
import { createLine, type Line } from '../support/line.ts'
import { type OwnRedis, startOwnRedis } from '../support/ownRedis.ts'
import { openProxy } from '../support/proxy.ts'
import { expectExactlyOnce, pagesRead, SOON } from '../support/watching.ts'
import { type Crew, hire, mostComplaints } from './crew.ts'
import { figure, ROUNDS } from './round.ts'
import { watchPublished } from './watch.ts'

/** Many short streams, so that pages need all three servers all the time; Redis brings the next stream. */
const POOL = { users: 300, groups: 100 + 30 * ROUNDS, latencyMs: 300, emptyPages: 0.4 }

/** Each way of a slow network: a statement takes 200 ms, a claim with all that belongs to it a second. */
const DELAY_MS = 100

/** The socket timeout, 15 s, and 5 s. */
const RESUMED_MS = 20_000

const SERVERS = [
  { server: 'Redis', variable: 'REDIS_URL' },
  { server: 'Postgres', variable: 'DATABASE_URL' },
  { server: 'Cognito', variable: 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER' },
] as const

test('reset, slow and half-open connections to Redis, Postgres or Cognito: work goes on within 20 s, and the run ends once', {
  timeout: 120_000 * ROUNDS,
}, async () => {
  const redis = await startOwnRedis('nothing')
  // a half-open connection is noticed after 15 s: side by side, because one after the other these are a minute
  const shaken = await Promise.all(SERVERS.map((server, nth) => shake(redis, server, nth)))
  for (const [nth, { server }] of SERVERS.entries()) {
    for (const [fault, ms] of Object.entries(shaken[nth] ?? {}))
      figure(`${server}, ${fault}: went on after`, ms / 1000, 's')
  }
})

/** A run that meets all three faults of the network on its way to one server. @returns after how many ms it went on */
async function shake(redis: OwnRedis, { variable }: (typeof SERVERS)[number], nth: number) {
  const line = await createLine(POOL)
  const dataflow = await line.createDataflow({ name: 'Shaken' })
  const urls = {
    REDIS_URL: `${redis.url}/${nth}`,
    DATABASE_URL: line.databaseUrl,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: line.sandbox.endpoint,
  }
  const network = await openProxy(urls[variable])
  const crew = await hire(line, ['scheduler', 'worker'], { ...urls, [variable]: network.url })
  const watch = watchPublished(line, 'shaken')
  watch.allow()

  const run = await line.request(dataflow)
  await vi.waitFor(async () => expect(await pagesRead(line)).toBeGreaterThan(10), SOON)
  const reset = await goesOn(line, run, 30, () => network.reset())
  const slow = await goesOn(line, run, 15, () => network.delay(DELAY_MS))
  network.delay(0)
  const halfOpen = await goesOn(line, run, 50, () => network.blackhole())
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'shaken')
  expect((await watch.stop()).seen).toHaveLength(2)
  await expectWell(crew)
  return { reset, slow, 'half open': halfOpen }
}

/**
 * @param pages that are to be committed after the fault, more than were under way
 * @returns when, in ms from the fault on, the longest time without a page was over
 */
async function goesOn(line: Line, run: number, pages: number, fault: () => void): Promise<number> {
  const until = (await pagesRead(line, run)) + pages
  fault()
  const from = performance.now()
  let [committed, committedAt, longest, wentOn] = [until - pages, from, 0, from]
  while (committed < until && isActive((await findRun(line.db, run)).state)) {
    await pause(20)
    const now = performance.now()
    const pagesNow = await pagesRead(line, run)
    if (pagesNow === committed) continue
    if (now - committedAt > longest) [longest, wentOn] = [now - committedAt, now]
    ;[committed, committedAt] = [pagesNow, now]
  }
  expect(wentOn - from).toBeLessThan(RESUMED_MS)
  return wentOn - from
}

/** A fault of the network is no reason to die, nor to fill the disk with logs. */
async function expectWell(crew: Crew): Promise<void> {
  for (const { process } of crew) {
    expect(await Promise.race([process.finished, pause(0, 'at work')])).toBe('at work')
  }
  expect(mostComplaints(crew)).toBeLessThan(20)
}
