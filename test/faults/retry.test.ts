import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { retryRun } from '../../src/run/decide.ts'
import { findRun } from '../../src/run/history.ts'
import { rescueRuns } from '../../src/run/rescue.ts'
import { openReader } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { fail } from '../support/runs.ts'
import { expectExact, pagesRead, SOON, USERS_ONLY, waitForPages } from '../support/watching.ts'
import { ONE_STREAM } from './freezing.ts'
import { holdUpAt } from './holdingUp.ts'
import { letLocksRunOut } from './locks.ts'
import { figure, ROUNDS, seededRandom } from './round.ts'
import { watchPublished } from './watch.ts'

const LONG_AGO = new Date('2020-02-29T12:00:00Z')
/** Whole pages, so that their number is known. */
const WHOLE = { shortPages: 0, emptyPages: 0 }

test('failed at random moments and retried again and again, a run asks for each page once and is published once', {
  timeout: 60_000 * ROUNDS,
}, async () => {
  const random = seededRandom()
  const line = await createLine({ users: 2_100 * ROUNDS, groups: 4, latencyMs: 60, ...WHOLE })
  const dataflow = await line.createDataflow({ name: 'Retried' })
  const watch = watchPublished(line, 'retried')
  watch.allow()
  await line.startHere()
  const whole = await line.run(dataflow)
  expect(whole).toMatchObject({ state: 'succeeded', continues: null })

  const pages = whole.requests - DESCRIBED
  let run = await line.request(dataflow)
  for (let failures = 0; failures < 3 * ROUNDS; failures++) {
    const before = await pagesRead(line, run)
    const target = Math.min(before + 1 + random.below(pages / 5), pages - 1)
    await waitForPages(line, target, run)
    await fail(line.db, run)
    const read = await pagesRead(line, run)
    const retry = await retryRun(line.db, run, 'the test')
    expect(retry).toEqual({ id: run + 1, state: 'queued', goesOn: true })
    run = retry.id
    await waitForPages(line, read, run)
    figure(`pages kept by retry ${failures + 1}`, read)
  }
  const beforeLast = await pagesRead(line, run - 1)
  const last = await line.ended(run)
  expect(last).toMatchObject({ state: 'succeeded', continues: run - 1, requests: whole.requests - beforeLast })
  await expectExact(line, 'retried')
  await watch.stop()
  figure('pages in all', pages)
})

/** Once when it is planned, and once for the shards before it is published. */
const DESCRIBED = 2

test('a run that stood still is gone on with by a retry, and its frozen worker is turned away when it wakes up', async () => {
  const line = await createLine({ ...ONE_STREAM, latencyMs: 60 })
  const dataflow = await line.createDataflow({ name: 'Still', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  const sleeper = line.start('worker')
  const run = await line.request(dataflow)
  await waitForPages(line, 3, run)
  sleeper.kill('SIGSTOP')
  const pages = await pagesRead(line, run)
  await line.db.execute(sql`update poolkeeper.tasks set moved_at = now() - interval '31 minutes'`)
  expect(await rescueRuns(line.db, LONG_AGO)).toEqual([run])
  const failed = await findRun(line.db, run)
  expect(failed).toMatchObject({ state: 'failed', cause: 'no-progress' })
  expect(failed.description).toMatch(new RegExp(`"users" stood at page ${pages} since .*:${sleeper.pid}`))

  expect((await line.command('retry', String(run))).stderr).toContain(`goes on from where run ${run} stopped`)
  const asked = line.sandbox.requests.total
  line.start('worker')
  await waitForPages(line, pages + 1, run + 1)
  sleeper.kill('SIGCONT')
  const retried = await line.ended(run + 1)
  expect(retried).toMatchObject({ state: 'succeeded', continues: run, requests: 1 + TWENTY_PAGES - pages })
  await vi.waitFor(() => expect(sleeper.output()).toContain('turned away'), SOON)
  expect(line.sandbox.requests.total - asked).toBeLessThanOrEqual(retried.requests + 2)
  expect(await publishedRows(line, `still_snapshots.users_${run + 1}`)).toBe(ONE_STREAM.users)
  await expectExact(line, 'still')
})

const TWENTY_PAGES = 20

test('a worker killed with -9 while it takes over what a failed run has left is followed by another', async () => {
  const { line, run, watch } = await aFailedRun()
  const worker = line.start('worker')
  const held = await holdUpAt(line.databaseUrl, {
    ...{ table: 'tasks', on: 'insert', when: 'after' },
    only: "new.kind = 'stream' and new.page > 0",
  })
  await retryRun(line.db, run, 'the test')
  await held.reached()
  worker.kill('SIGKILL')
  await worker.finished
  await held.endBackend()
  await held.letGo()
  await letLocksRunOut(line, 'plan')
  await line.startHere(['worker'])
  expect(await line.ended(run + 1)).toMatchObject({ state: 'succeeded', continues: run })
  await expectExact(line, 'left')
  expect((await watch.stop()).seen).toHaveLength(2)
})

test('a stream whose token is no longer taken starts over, and what was read to the end stays', async () => {
  const { line, run, watch } = await aFailedRun()
  line.sandbox.faults.add({ kind: 'expiredTokens', operation: 'ListUsers', count: 1 })
  await line.startHere(['worker'])
  await retryRun(line.db, run, 'the test')
  expect(await line.ended(run + 1)).toMatchObject({ state: 'succeeded', continues: run })
  const [restarts] = await line.db.execute(sql`select sum(restarts) as restarts from poolkeeper.tasks where run_id = 2`)
  expect(restarts).toEqual({ restarts: 1 })
  expect(line.sandbox.requests.operations).toMatchObject({ ListGroups: 1 })
  await expectExact(line, 'left')
  expect((await watch.stop()).seen).toHaveLength(2)
})

test('a retry for other tables reads everything, because the rows that are there are not those', async () => {
  const { line, run } = await aFailedRun()
  await line.command('dataflow', 'edit', 'Left', '--table', 'users=All')
  await line.startHere(['worker'])
  await retryRun(line.db, run, 'the test')
  const anew = await line.ended(run + 1)
  expect(anew).toMatchObject({ state: 'succeeded', continues: null, tables: [{ table: 'users', rows: 600 }] })
  expect(anew.requests).toBe(1 + 10)
})

/** It has read some pages of its users, and its groups. Its scheduler is up, and no worker any more. */
async function aFailedRun() {
  const line = await createLine({ users: 600, groups: 2, latencyMs: 50, ...WHOLE })
  const dataflow = await line.createDataflow({ name: 'Left' })
  const watch = watchPublished(line, 'left')
  watch.allow()
  await line.startHere(['scheduler'])
  const worker = line.start('worker')
  const run = await line.request(dataflow)
  await vi.waitFor(async () => expect(await openStreams(line)).toEqual(['users']), SOON)
  worker.kill('SIGKILL')
  await worker.finished
  await fail(line.db, run)
  return { line, run, watch }
}

async function openStreams({ db }: Line): Promise<string[]> {
  const open = await db.execute<{ label: string }>(sql`select label from poolkeeper.tasks
    where kind = 'stream' and state = 'ready' and (select count(*) from poolkeeper.tasks) > 3`)
  return open.map(({ label }) => label)
}

async function publishedRows({ databaseUrl }: Line, table: string): Promise<unknown> {
  const reader = openReader(databaseUrl)
  const [row] = await reader`select count(*)::int as rows from ${reader.unsafe(table)}`
  return row?.rows
}
