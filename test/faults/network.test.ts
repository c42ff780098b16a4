import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findRun } from '../../src/run/history.ts'
import { isActive } from '../../src/run/states.ts'
import { createLine, type Line } from '../support/line.ts'
import { startOwnPostgres } from '../support/ownPostgres.ts'
import { startOwnRedis } from '../support/ownRedis.ts'
import { openProxy, type Way } from '../support/proxy.ts'
import { expectExactlyOnce, pagesRead, waitForPages } from '../support/watching.ts'
import { type Crew, hire, mostComplaints } from './crew.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

/** Many short streams, so that pages need all three servers all the time: Redis for the next stream, too. */
const POOL = { users: 300, groups: 150, latencyMs: 300, emptyPages: 0.4 }

const SERVERS = {
  Redis: 'REDIS_URL',
  Postgres: 'DATABASE_URL',
  Cognito: 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
} as const

type Server = keyof typeof SERVERS

/** The socket's timeout, and 5 s. */
const RESUMES_WITHIN_MS = 20_000

/** Lines that a process may write about one fault. */
const COMPLAINTS = 20

/** What happens on the way to a server in the middle of a run, and how many pages are looked at from then on. */
const FAULTS = [
  { name: 'reset', strike: (way: Way) => way.reset(), pages: 40 },
  { name: 'slow', strike: (way: Way) => way.delay(100), pages: 20 },
  { name: 'half open', strike: cutOff, pages: 60 },
] as const

/** What was open stays open, and nothing gets through; what is opened from now on is well. */
function cutOff(way: Way): void {
  way.delay(0)
  way.blackhole()
}

test('connections that are reset, slow or half open hold work up for 20 s at most, whichever server they lead to', {
  timeout: 150_000,
}, async () => {
  const redis = await startOwnRedis('nothing')
  const servers = Object.keys(SERVERS) as Server[]
  await Promise.all(servers.map((server, nth) => importBadlyConnected(server, `${redis.url}/${nth}`)))
})

async function importBadlyConnected(server: Server, redisUrl: string): Promise<void> {
  // of its own: on the one that other files use, whoever is cut off stays for 15 s and longer
  const line = await createLine(POOL, server === 'Postgres' ? await startOwnPostgres() : undefined)
  const dataflow = await line.createDataflow({ name: 'Shaken' })
  const variables: Record<string, string> = { ...line.env, REDIS_URL: redisUrl }
  const way = await openProxy(variables[SERVERS[server]] ?? '')
  const crew = await hire(line, ['scheduler', 'worker'], { ...variables, [SERVERS[server]]: way.url })
  const watch = watchPublished(line, 'shaken')
  watch.allow()
  const run = await line.request(dataflow)
  await waitForPages(line, 11, run)
  for (const { name, strike, pages } of FAULTS) {
    const standstill = await longestStandstill(line, run, () => strike(way), pages)
    figure(`${server} ${name}: longest time without a page`, standstill / 1_000, 's')
    expect(standstill, `${server} ${name}`).toBeLessThan(RESUMES_WITHIN_MS)
  }
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExactlyOnce(line, 'shaken')
  await watch.stop()
  await expectWell(crew)
}

/** A bad network is no reason to die, nor to fill a disk with logs. */
async function expectWell(crew: Crew): Promise<void> {
  for (const { process } of crew) {
    expect(await Promise.race([process.finished, pause(0, 'at work')])).toBe('at work')
  }
  expect(mostComplaints(crew)).toBeLessThan(COMPLAINTS)
}

/** @returns the longest time, in ms, in which no page was committed, from the strike until so many more were */
async function longestStandstill(line: Line, run: number, strike: () => void, pages: number): Promise<number> {
  const before = await pagesRead(line, run)
  let longest = 0
  let last = { read: before, at: performance.now() }
  strike()
  while (last.read < before + pages && isActive((await findRun(line.db, run)).state)) {
    await pause(20)
    const read = await pagesRead(line, run)
    const at = performance.now()
    longest = Math.max(longest, at - last.at)
    if (read > last.read) last = { read, at }
  }
  return longest
}
