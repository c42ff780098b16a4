import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import { expect, test } from 'vitest'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import { openReader, subOf } from '../support/expected.ts'
import { fingerprint, look } from '../support/fingerprint.ts'
import { createLine, type Line } from '../support/line.ts'
import { holdUpAt, holdUpBefore, type Point } from './holdingUp.ts'
import { figure, ROUNDS, seededRandom } from './round.ts'
import { type Watch, watchPublished } from './watch.ts'

/** Every statement of the transaction that publishes, in its order, and its end. */
const PUBLISHING: readonly Point[] = [
  { table: 'published', on: 'update', when: 'before' },
  { table: 'published', on: 'update', when: 'after' },
  { table: 'publications', on: 'insert', when: 'after' },
  { table: 'run_tables', on: 'insert', when: 'after' },
  { table: 'tasks', on: 'update', when: 'after', only: "new.kind = 'publish' and new.state = 'done'" },
  { table: 'runs', on: 'update', when: 'after', only: "new.state = 'succeeded'" },
  { table: 'snapshots', on: 'update', when: 'after', only: "new.state = 'kept'" },
  { table: 'published', on: 'update', when: 'commit' },
]

/** What both a rollback and an approval do. */
const MOVING: readonly Point[] = [
  { table: 'published', on: 'update', when: 'before' },
  { table: 'publications', on: 'insert', when: 'after' },
  { table: 'published', on: 'update', when: 'commit' },
]

const ROLLING_BACK: readonly Point[] = [...MOVING, { table: 'dataflows', on: 'update', when: 'after' }]

const APPROVING: readonly Point[] = [
  ...MOVING,
  { table: 'runs', on: 'update', when: 'after', only: "new.state = 'succeeded'" },
  { table: 'snapshots', on: 'update', when: 'after' },
]

const nameOf = ({ table, on, when }: Point) => `${when} ${on} of ${table}`

test('publishing cut off at any statement leaves the old snapshot, and is done once by whoever follows', {
  timeout: 90_000 * ROUNDS,
}, async () => {
  const stage = await createStage()
  await stage.line.startHere(['worker'])
  expect(await stage.line.run(stage.dataflow)).toMatchObject({ state: 'succeeded' })
  const points = chooseSome([
    { name: 'before alter table', hold: () => holdUpBefore(stage.line.databaseUrl, 'alter table') },
    ...PUBLISHING.map((point) => ({ name: nameOf(point), hold: () => holdUpAt(stage.line.databaseUrl, point) })),
  ])
  for (const { name, hold } of points) {
    const before = await look(stage.reader, 'torn')
    const run = await requestNextVersion(stage)
    const held = await hold()
    await held.reached()
    await held.endBackend()
    expect(await look(stage.reader, 'torn'), name).toBe(before)
    await held.letGo()
    expect(await stage.line.ended(run), name).toMatchObject({ state: 'succeeded' })
    expect(await publicationsOf(stage.line, run), name).toBe(1)
    expect(await look(stage.reader, 'torn'), name).toBe(fingerprint(stage.line.sandbox))
  }
  const { polls, slowestMs } = await stage.watch.stop()
  figure('statements of a publish cut off', points.length)
  figure('looks of the reader', polls)
  figure("the reader's slowest look", slowestMs, 'ms')
})

/** Each costs some seconds, because a lost connection is waited out: three of them in a round, so all in three. */
function chooseSome<T>(points: readonly T[]): T[] {
  const random = seededRandom()
  const shuffled = points.map((point) => ({ point, at: random.next() })).toSorted((a, b) => a.at - b.at)
  return shuffled.slice(0, 3 * ROUNDS).map(({ point }) => point)
}

test.each(PUBLISHING.filter(({ when }) => when !== 'after'))(
  'a worker killed with -9 $when $on of $table while it publishes is followed by another, and readers see old or new',
  { timeout: 90_000 },
  async (point) => {
    const stage = await createStage()
    const worker = stage.line.start('worker')
    const held = await holdUpAt(stage.line.databaseUrl, point)
    const run = await stage.line.request(stage.dataflow)
    await held.reached()
    worker.kill('SIGKILL')
    await worker.finished
    // at COMMIT there is nobody left to say no: the server commits for a client that is gone
    if (point.when !== 'commit') await held.endBackend()
    await held.letGo()
    stage.line.start('worker')
    expect(await stage.line.ended(run)).toMatchObject({ state: 'succeeded' })
    expect(await publicationsOf(stage.line, run)).toBe(1)
    await stage.watch.stop()
  },
)

test('a rollback killed with -9 at any statement has happened wholly or not at all', { timeout: 90_000 }, async () => {
  const stage = await createStage({ schedule: '0 3 * * *' })
  await stage.line.startHere(['worker'])
  for (let runs = 0; runs < 2; runs++) await stage.line.ended(await requestNextVersion(stage))
  await killAtEach(ROLLING_BACK, stage, ['rollback', 'Torn'])
  expect(await whatStands(stage)).toMatchObject({ snapshot: 1, publications: 3, paused: true })
  await stage.watch.stop()
})

test('an approval killed with -9 at any statement has happened wholly or not at all', { timeout: 90_000 }, async () => {
  const stage = await createStage({ maxRemovedPercent: 15 })
  await stage.line.startHere(['worker'])
  const first = await stage.line.ended(await requestNextVersion(stage))
  for (const user of [...stage.line.sandbox.users()].slice(0, 30)) stage.line.sandbox.deleteUser(subOf(user) ?? '')
  const held = await requestNextVersion(stage)
  expect(await stage.line.ended(held)).toMatchObject({ state: 'held' })
  await killAtEach(APPROVING, stage, ['approve', String(held)])
  expect(first).toMatchObject({ state: 'succeeded' })
  expect(await whatStands(stage)).toMatchObject({ snapshot: held, publications: 2, states: ['succeeded', 'succeeded'] })
  await stage.watch.stop()
})

/** Starts a command again and again, kills it at another statement each time, and lets it end at last. */
async function killAtEach(points: readonly Point[], stage: Stage, command: readonly string[]): Promise<void> {
  const before = await whatStands(stage)
  for (const point of points) {
    const held = await holdUpAt(stage.line.databaseUrl, point)
    const process = stage.line.start(...command)
    await held.reached()
    expect(await whatStands(stage), nameOf(point)).toEqual(before)
    process.kill('SIGKILL')
    await process.finished
    await held.endBackend()
    await held.letGo()
    expect(await whatStands(stage), nameOf(point)).toEqual(before)
  }
  expect((await stage.line.command(...command)).code).toBe(0)
}

interface Stage {
  readonly line: Line
  readonly dataflow: Dataflow
  readonly reader: postgres.Sql
  readonly watch: Watch
}

/** A dataflow that somebody reads all the time, and a scheduler. */
async function createStage(settings = {}): Promise<Stage> {
  const line = await createLine({ users: 40, groups: 2 })
  await line.startHere(['scheduler'])
  const dataflow = await line.createDataflow({ name: 'Torn', maxRemovedPercent: null, ...settings })
  const watch = watchPublished(line, 'torn')
  watch.allow()
  return { line, dataflow, reader: openReader(line.databaseUrl), watch }
}

let versions = 0

/** Requests a run after the pool has changed: a user more, and every one of them called otherwise. */
async function requestNextVersion({ line, dataflow, watch }: Stage): Promise<number> {
  versions++
  for (const user of [...line.sandbox.users()]) {
    line.sandbox.changeUser(subOf(user) ?? '', { attributes: { nickname: `version ${versions}` } })
  }
  line.sandbox.addUser({ groups: ['admins'] })
  watch.allow()
  return line.request(dataflow)
}

async function publicationsOf({ db }: Line, run: number): Promise<number> {
  return (await db.execute(sql`select from poolkeeper.publications where to_snapshot_id = ${run}`)).length
}

/** All that a rollback or an approval changes. */
async function whatStands({ line, reader }: Stage) {
  const [stands] = await line.db.execute(sql`select p.snapshot_id as snapshot, d.paused_at is not null as paused,
      (select count(*) from poolkeeper.publications) as publications,
      (select json_agg(state order by id) from poolkeeper.runs) as states
    from poolkeeper.published p join poolkeeper.dataflows d on d.id = p.dataflow_id`)
  return { ...stands, seen: await look(reader, 'torn') }
}
