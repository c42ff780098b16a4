import { eq, sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { dropSnapshots, retireSnapshots } from '../../src/snapshot/prune.ts'
import { createLine, type Line } from '../support/line.ts'
import { openReader } from '../support/reader.ts'
import { expectExact, SOON } from '../support/watching.ts'
import { watchLockWaits } from './lockWaits.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

/** What a reader may be made to wait, whoever else reads or changes the tables. */
const AT_MOST_MS = 250

/** How often the new column tries to get in, at least, while somebody is in its way. */
const TRIES = 5

/** With a machine that has other things to do; behind a lock it would be as long as the reader stays. */
const NOISE_S = 5

test('somebody who stays in a transaction holds up neither a publish nor prune nor other readers, and goes on seeing what they saw', async () => {
  const line = await createLine({ users: 300, groups: 3 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Held', maxRemovedPercent: null })
  const watch = watchPublished(line, 'held')
  const waits = watchLockWaits(line.databaseUrl)
  const publish = async () => {
    line.sandbox.addUser()
    watch.allow()
    const run = await line.run(dataflow)
    expect(run).toMatchObject({ state: 'succeeded' })
    return publishingSeconds(line, run.run)
  }

  const alone = await publish()
  const reader = await openReader(line.databaseUrl, COUNT, 'repeatable read')
  const besideReader = await publish()
  await line.db.update(dataflows).set({ keepSnapshots: 1 }).where(eq(dataflows.id, dataflow.id))
  expect(await retireSnapshots(line.db)).toBe(1)
  const pruning = dropSnapshots(line.db)
  const besideReaderAndPrune = await publish()
  expect(await isThere(line, 'users_1')).toBe(true)
  expect(await reader.sql.unsafe(COUNT)).toEqual([{ n: '301' }])
  await reader.leave()
  await pruning
  await vi.waitFor(async () => {
    await dropSnapshots(line.db)
    expect(await isThere(line, 'users_1')).toBe(false)
  }, SOON)

  await expectExact(line, 'held')
  const { polls, slowestMs, seen } = await watch.stop()
  expect(seen).toHaveLength(4)
  const longestWaitMs = await waits.stop()
  expect(longestWaitMs).toBeLessThan(AT_MOST_MS)
  expect(besideReader).toBeLessThan(alone + NOISE_S)
  expect(besideReaderAndPrune).toBeLessThan(alone + NOISE_S)
  figure('publishing, alone', alone, 's')
  figure('publishing beside an open reader', besideReader, 's')
  figure('publishing beside an open reader and prune', besideReaderAndPrune, 's')
  figure('longest wait of a reader for a lock', longestWaitMs, 'ms')
  figure('slowest look of the other reader', slowestMs, 'ms')
  figure('looks of the other reader', polls)
})

test('a new attribute waits for whoever stays in a transaction; other readers do not wait behind it', async () => {
  const line = await createLine({ users: 100, groups: 1 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Widened' })
  const watch = watchPublished(line, 'widened')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })

  const reader = await openReader(line.databaseUrl, 'select count(*) from widened.users', 'repeatable read')
  const waits = watchLockWaits(line.databaseUrl)
  addAttribute(line)
  const run = await line.request(dataflow)
  await vi.waitFor(() => expect(waits.over()).toBeGreaterThan(TRIES), SOON)
  const longestWaitMs = await waits.stop()
  expect(await hasColumn(line, 'custom_since')).toBe(false)
  await reader.leave()
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(await hasColumn(line, 'custom_since')).toBe(true)

  const { polls, slowestMs } = await watch.stop()
  expect(longestWaitMs).toBeLessThan(AT_MOST_MS)
  figure('longest wait of a reader for a lock', longestWaitMs, 'ms')
  figure('slowest look of the other reader', slowestMs, 'ms')
  figure('looks of the other reader', polls)
})

const COUNT = 'select count(*) as n from held.users'

async function publishingSeconds({ db }: Line, run: number): Promise<number> {
  const [publish] = await db.execute<{ seconds: number }>(sql`
    select extract(epoch from finished_at - dispatched_at)::float as seconds from poolkeeper.tasks
    where run_id = ${run} and kind = 'publish' and epoch = 1`)
  if (!publish) throw new TypeError(`run ${run} was not published at the first try`)
  return publish.seconds
}

async function isThere({ db }: Line, table: string): Promise<boolean> {
  const [found] = await db.execute(sql`select to_regclass(${`held_snapshots.${table}`}) is not null as there`)
  return found?.there === true
}

function addAttribute({ sandbox }: Line): void {
  sandbox.pool.schema.push({
    Name: 'custom:since',
    AttributeDataType: 'String',
    ...{ DeveloperOnlyAttribute: false, Mutable: true, Required: false },
  })
}

async function hasColumn({ db }: Line, name: string): Promise<boolean> {
  return (
    (
      await db.execute(sql`select from information_schema.columns
    where table_schema = 'widened' and table_name = 'users' and column_name = ${name}`)
    ).length > 0
  )
}
