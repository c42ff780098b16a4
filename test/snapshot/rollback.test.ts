import { desc, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { publications, snapshots } from '../../src/db/schema/snapshots.ts'
import { publishedSnapshot } from '../../src/snapshot/pointer.ts'
import { type RollbackRequest, rollback } from '../../src/snapshot/rollback.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aHeldImport, aPublishedImport, people, rowsOf, subsSeen } from '../support/imports.ts'

const SCHEDULED = { schedule: '30 2 * * *', nextRunAt: new Date('2026-11-25T02:30Z') }

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const back = (dataflow: TestDataflow, request: Partial<RollbackRequest> = {}) =>
  rollback(db, { dataflow, by: 'ada', keepSchedule: false, ...request })

async function pauseOf({ id }: TestDataflow) {
  const [row] = await db
    .select({ pausedAt: dataflows.pausedAt, pauseReason: dataflows.pauseReason })
    .from(dataflows)
    .where(eq(dataflows.id, id))
  return row
}

/** A dataflow with three published imports, of one, two and three people. */
async function withThreeImports(fields = {}) {
  const dataflow = await aDataflow(db, fields)
  const subs = ['ada', 'bob', 'eve']
  const imports: number[] = []
  for (const count of [1, 2, 3]) {
    const users = people(...subs.slice(0, count))
    const members = subs.slice(0, count).map((sub) => ({ group_name: 'all', sub }))
    imports.push(await aPublishedImport(db, dataflow, { users, members }))
  }
  const [first = 0, second = 0, third = 0] = imports
  return { dataflow, first, second, third }
}

describe('rolling back', () => {
  test('goes back step by step, and forward again, with all tables', async () => {
    const { dataflow, first, second, third } = await withThreeImports()
    expect(await back(dataflow)).toEqual({ from: third, to: second, paused: false })
    expect(await subsSeen(db, dataflow)).toEqual(['ada', 'bob'])
    expect(await rowsOf(db, dataflow.schema, 'group_members')).toHaveLength(2)
    expect(await back(dataflow)).toEqual({ from: second, to: first, paused: false })
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
    expect(await back(dataflow, { to: third })).toEqual({ from: first, to: third, paused: false })
    expect(await subsSeen(db, dataflow)).toEqual(['ada', 'bob', 'eve'])
  })

  test('is remembered, with who did it', async () => {
    const { dataflow, first, third } = await withThreeImports()
    await back(dataflow, { to: first, by: 'grace' })
    const [latest] = await db
      .select()
      .from(publications)
      .where(eq(publications.dataflowId, dataflow.id))
      .orderBy(desc(publications.id))
    expect(latest).toMatchObject({ fromSnapshotId: third, toSnapshotId: first, reason: 'rollback', by: 'grace' })
  })

  test('pauses the schedule and says why, unless told to keep it', async () => {
    const { dataflow, first, second } = await withThreeImports(SCHEDULED)
    expect(await back(dataflow, { keepSchedule: true })).toMatchObject({ paused: false })
    expect(await pauseOf(dataflow)).toEqual({ pausedAt: null, pauseReason: null })
    expect(await back(dataflow)).toEqual({ from: second, to: first, paused: true })
    expect(await pauseOf(dataflow)).toEqual({ pausedAt: expect.any(Date), pauseReason: `rolled back to run ${first}` })
  })

  test('leaves a schedule that was paused before as it was', async () => {
    const pause = { pausedAt: new Date('2026-11-01T00:00Z'), pauseReason: 'a freeze' }
    const { dataflow } = await withThreeImports({ ...SCHEDULED, ...pause })
    expect(await back(dataflow)).toMatchObject({ paused: false })
    expect(await pauseOf(dataflow)).toEqual(pause)
  })

  test.each([
    ['nothing was published yet', async () => [await aDataflow(db)] as const, 'conflict', /not published anything/],
    [
      'there is no earlier snapshot',
      async () => {
        const dataflow = await aDataflow(db)
        await aPublishedImport(db, dataflow)
        return [dataflow] as const
      },
      'not-found',
      /no earlier snapshot is kept/,
    ],
    [
      'it shows that one already',
      async () => {
        const { dataflow, third } = await withThreeImports()
        return [dataflow, third] as const
      },
      'conflict',
      /shows already/,
    ],
    [
      'the run is held, which only an approval publishes',
      async () => {
        const { dataflow } = await withThreeImports()
        return [dataflow, await aHeldImport(db, dataflow)] as const
      },
      'not-found',
      /no snapshot that is kept/,
    ],
    [
      "the run is another dataflow's",
      async () => {
        const [{ dataflow }, other] = [await withThreeImports(), await withThreeImports()]
        return [dataflow, other.first] as const
      },
      'not-found',
      /no snapshot that is kept/,
    ],
    [
      'its snapshot is being dropped',
      async () => {
        const { dataflow, first } = await withThreeImports()
        await db.update(snapshots).set({ state: 'dropping' }).where(eq(snapshots.id, first))
        return [dataflow, first] as const
      },
      'not-found',
      /no snapshot that is kept/,
    ],
  ])('is refused where %s, and changes nothing', async (_, situation, code, message) => {
    const [dataflow, to] = await situation()
    const before = await publishedSnapshot(db, dataflow.id)
    const refusal = await back(dataflow, to === undefined ? {} : { to }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'AskError', code, message: expect.stringMatching(message) })
    expect(await publishedSnapshot(db, dataflow.id)).toBe(before)
  })

  test('passes over a snapshot that is being dropped to the one before it', async () => {
    const { dataflow, first, second } = await withThreeImports()
    await db.update(snapshots).set({ state: 'dropping' }).where(eq(snapshots.id, second))
    expect(await back(dataflow)).toMatchObject({ to: first })
  })

  test('of several at once goes one step, and tells the others that somebody was first', async () => {
    const { dataflow, second } = await withThreeImports()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => back(dataflow, { to: second })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
    }
  })
})
