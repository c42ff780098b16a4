import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { readRunLog } from '../../src/run/log.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact, expectExactlyOnce, USERS_ONLY, waitForPages } from '../support/watching.ts'

test('a pool that refuses the filter is read as one stream instead, and is exact', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  line.sandbox.faults.add({ kind: 'filterRefused' })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Refusing', ...USERS_ONLY })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await streamsDone(line)).toEqual(['users'])
  await expectExact(line, 'refusing')
})

test('a shard that silently finds nobody is noticed: the users are read again as one stream, and are exact', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  line.sandbox.faults.add({ kind: 'losingFilter', prefix: 'a' })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Losing', ...USERS_ONLY })
  const { run, state } = await line.run(dataflow)
  expect(state).toBe('succeeded')
  expect(await warned(line, run)).toEqual([
    expect.stringMatching(/^The streams brought 1,\d{3} users, and Cognito counts about 2,000: all are read once more/),
  ])
  expect(await streamsDone(line)).toHaveLength(17)
  await expectExact(line, 'losing')
})

test('a stream whose token has expired begins again, loses nobody and doubles nobody', async () => {
  const line = await createLine({ users: 500, groups: 0, latencyMs: 50 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Expiring', ...USERS_ONLY })
  const run = await line.request(dataflow)
  await waitForPages(line, 3)
  line.sandbox.faults.add({ kind: 'expiredTokens', count: 1 })
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  const [stream] = await line.db.execute(sql`select restarts from poolkeeper.tasks where kind = 'stream'`)
  expect(stream).toEqual({ restarts: 1 })
  await expectExact(line, 'expiring')
})

test('a token that is refused again and again fails the run instead of reading for ever', async () => {
  const line = await createLine({ users: 200, groups: 0 })
  line.sandbox.faults.add({ kind: 'expiredTokens' })
  await line.startHere()
  const run = await line.run(await line.createDataflow({ name: 'Expiring', ...USERS_ONLY }))
  expect(run).toMatchObject({ state: 'failed', cause: 'token-expired' })
})

/** What the log of a run warns of. */
async function warned({ db }: Line, run: number): Promise<string[]> {
  return (await readRunLog(db, run)).filter(({ level }) => level === 'warning').map(({ message }) => message)
}

/** Most of them are in one shard: 7,350, or 123 pages, beside 150 in each of the others. */
const CROWDED = { users: 9_600, groups: 0, subs: 'crowded', latencyMs: 40, shortPages: 0, emptyPages: 0 } as const

describe('a shard that most of the users are in', () => {
  test('is split once the others have ended, and is exact', async () => {
    const line = await createLine(CROWDED)
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Crowded', ...USERS_ONLY })
    const run = await line.run(dataflow)
    expect(run).toMatchObject({ state: 'succeeded', warnings: 0 })
    expect(await splits(line)).not.toHaveLength(0)
    expect(JSON.stringify(await readRunLog(line.db, run.run))).toMatch(/is far behind: .* read a part of it/)
    await expectExact(line, 'crowded')
  })

  test('is exact as well when its reader is killed with -9 again and again, and its token expires', async () => {
    const line = await createLine(CROWDED)
    const dataflow = await line.createDataflow({ name: 'Killed', ...USERS_ONLY })
    await line.startHere(['scheduler'])
    const run = await line.request(dataflow)
    for (const pages of [30, 60]) {
      const worker = line.start('worker')
      await waitForPages(line, pages, run)
      worker.kill('SIGKILL')
      await worker.finished
    }
    line.sandbox.faults.add({ kind: 'expiredTokens', count: 2 })
    line.start('worker')
    expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
    expect(await splits(line)).not.toHaveLength(0)
    await expectExactlyOnce(line, 'killed')
  })
})

/** The shards that have been given an earlier end. */
async function splits({ db }: Line): Promise<unknown[]> {
  return db.execute(sql`select label from poolkeeper.tasks where stream->>'until' is not null`)
}

async function streamsDone({ db }: Line): Promise<unknown[]> {
  const rows = await db.execute(sql`select label from poolkeeper.tasks where kind = 'stream' and state = 'done'`)
  return rows.map(({ label }) => label)
}
