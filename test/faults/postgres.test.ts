import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { expectExact, expectExactlyOnce, pagesRead, stagedUsers, waitForPages } from '../support/watching.ts'
import { holdUpBefore } from './holdingUp.ts'
import { figure, ROUNDS, seededRandom } from './round.ts'
import { expectRowsAsCounted } from './staged.ts'
import { watchPublished } from './watch.ts'

const AWAY_MS = 1_000

test('a Postgres that is stopped with -m immediate while it stages and while it publishes takes no row with it', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const postgres = await startOwnPostgres()
  const line = await createLine({ users: 2_500 * ROUNDS, groups: 2 }, postgres)
  const dataflow = await line.createDataflow({ name: 'Crashed' })
  const processes = ['scheduler', 'worker', 'worker'].map((name) => line.start(name))
  const watch = watchPublished(line, 'crashed')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })

  line.sandbox.addUser({ groups: ['admins'] })
  watch.allow()
  line.sandbox.tune({ latencyMs: 150 })
  const random = seededRandom()
  const run = await line.request(dataflow)
  for (let crashes = 0; crashes < ROUNDS; crashes++) {
    await waitForPages(line, (await pagesRead(line, run)) + 1 + random.below(10), run)
    await crash(postgres)
    await expectRowsAsCounted(line.db, 'crashed', run)
  }
  const publishing = await holdUpBefore(postgres.url, 'alter table')
  await publishing.reached()
  await crash(postgres)
  await expectRowsAsCounted(line.db, 'crashed', run)

  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  await expectExact(line, 'crashed')
  const { polls, longestGapMs, seen } = await watch.stop()
  expect(seen).toHaveLength(3)
  expect(await publications(line)).toBe(2)
  expect(processes.map((process) => process.output()).join('\n')).not.toContain('failed unexpectedly')
  figure('crashes of Postgres', ROUNDS + 1)
  figure('looks of the reader', polls)
  figure("the reader's longest time without an answer", longestGapMs / 1_000, 's')
})

/** What a test holds others up by ends with the server. */
async function crash(postgres: OwnPostgres): Promise<void> {
  await postgres.stopImmediately()
  await pause(AWAY_MS)
  await postgres.start()
}

const BACKENDS = 8 * ROUNDS

test('backends of workers that are ended one by one at random moments cost no row, and nobody takes it for a bug', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const random = seededRandom()
  const line = await createLine({ users: 1_500 * ROUNDS, groups: 2, latencyMs: 150 })
  const dataflow = await line.createDataflow({ name: 'Cut' })
  const processes = ['scheduler', 'worker', 'worker'].map((name) => line.start(name))
  const watch = watchPublished(line, 'cut')
  watch.allow()
  const run = await line.request(dataflow)
  await waitForPages(line, 1, run)
  let cut = 0
  while (cut < BACKENDS) {
    await waitForPages(line, (await pagesRead(line, run)) + random.below(3), run)
    cut += await endOneBackend(line, random.next())
    await expectRowsAsCounted(line.db, 'cut', run)
  }
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(await stagedUsers(line)).toBe([...line.sandbox.users()].length)
  await expectExactlyOnce(line, 'cut')
  const { polls } = await watch.stop()
  expect(processes.map((process) => process.output()).join('\n')).not.toContain('failed unexpectedly')
  figure('backends ended', cut)
  figure('looks of the reader', polls)
})

/** @param chance 0 to 1, which of the workers' backends @returns how many were ended */
async function endOneBackend({ db }: Line, chance: number): Promise<number> {
  const ended = await db.execute(sql`select pg_terminate_backend(pid) from (
    select pid, row_number() over (order by pid) as nth, count(*) over () as all from pg_stat_activity
    where datname = current_database() and application_name like 'poolkeeper worker%') b
    where nth = 1 + floor(${chance}::float * "all")`)
  return ended.length
}

async function publications({ db }: Line): Promise<number> {
  return (await db.execute(sql`select from poolkeeper.publications`)).length
}
