import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { type RunState, runs } from '../../src/db/schema/runs.ts'
import { snapshots } from '../../src/db/schema/snapshots.ts'
import type { CauseCode } from '../../src/errors.ts'
import { approveRun, cancelRun, discardRun, retryRun } from '../../src/run/decide.ts'
import { endRun } from '../../src/run/end.ts'
import { findRun } from '../../src/run/history.ts'
import { TRANSITIONS } from '../../src/run/states.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aHeldImport, aPublishedImport, people, subsSeen } from '../support/imports.ts'
import { aRun, aStreamingRun, fail, streamsOf } from '../support/runs.ts'

const STATES = Object.keys(TRANSITIONS) as RunState[]

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const stateOfSnapshot = async (id: number) =>
  (await db.select({ state: snapshots.state }).from(snapshots).where(eq(snapshots.id, id)))[0]?.state

async function aFailedRun(cause: CauseCode = 'no-progress') {
  const dataflow = await aDataflow(db)
  const run = await aStreamingRun(db, dataflow)
  await endRun(db, run, { to: 'failed', cause })
  return { run, dataflow }
}

describe('cancelling a run', () => {
  test('ends it with its streams, says who did it, gives up its tables and leaves what is published', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada') })
    const run = await aStreamingRun(db, dataflow)
    await cancelRun(db, run, 'grace')
    expect(await findRun(db, run)).toMatchObject({
      state: 'cancelled',
      cause: 'cancelled',
      description: 'Cancelled by grace.',
      snapshot: null,
    })
    expect(await streamsOf(db, run)).toMatchObject([{ state: 'dropped' }])
    expect(await stateOfSnapshot(run)).toBe('dropping')
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })

  test.each(STATES)('that is %s', async (state) => {
    const run = await aRun(db, await aBareDataflow(db), state)
    const before = await findRun(db, run)
    const outcome = await cancelRun(db, run, 'ada').catch((error: unknown) => error)
    if (['queued', 'planning', 'streaming', 'publishing'].includes(state)) {
      expect(outcome).toBeUndefined()
      expect(await findRun(db, run)).toMatchObject({ state: 'cancelled' })
    } else {
      expect(outcome).toMatchObject({ name: 'AskError', code: 'conflict', message: expect.stringContaining(state) })
      expect(await findRun(db, run)).toEqual(before)
    }
  })
})

test('cancelling by several at once is granted to one, and the others hear that it has ended', async () => {
  for (let n = 0; n < 5; n++) {
    const run = await aRun(db, await aBareDataflow(db), 'queued')
    const outcomes = await Promise.allSettled(['ada', 'bob', 'eve', 'kim'].map((by) => cancelRun(db, run, by)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  }
})

describe('approving a held run', () => {
  test('publishes it, and says who did it; how long it ran stays as it was', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    const run = await aHeldImport(db, dataflow, { users: people('ada') })
    const { finishedAt, seconds } = await findRun(db, run)
    await approveRun(db, run, 'grace')
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
    expect(await findRun(db, run)).toMatchObject({
      state: 'succeeded',
      cause: null,
      description: expect.stringContaining('approved by grace'),
      snapshot: run,
      finishedAt,
      seconds,
    })
    expect(await stateOfSnapshot(run)).toBe('kept')
  })

  test('is refused after a rollback, until that is taken back', async () => {
    const dataflow = await aDataflow(db)
    await aPublishedImport(db, dataflow, { users: people('old') })
    const base = await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    const held = await aHeldImport(db, dataflow, { users: people('ada') })
    await rollback(db, { dataflow, by: 'ada', keepSchedule: true })
    const message = expect.stringContaining(`compared with snapshot ${base}`)
    await expect(approveRun(db, held, 'ada')).rejects.toMatchObject({ code: 'conflict', message })
    expect(await findRun(db, held)).toMatchObject({ state: 'held' })
    await rollback(db, { dataflow, to: base, by: 'ada', keepSchedule: true })
    await approveRun(db, held, 'ada')
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })

  test('by several at once, and discarded by others, has one outcome', async () => {
    const dataflow = await aDataflow(db)
    const run = await aHeldImport(db, dataflow, { users: people('ada') })
    const outcomes = await Promise.allSettled([
      approveRun(db, run, 'ada'),
      discardRun(db, run, 'bob'),
      approveRun(db, run, 'eve'),
      discardRun(db, run, 'kim'),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const approved = (await findRun(db, run)).state === 'succeeded'
    expect(await subsSeen(db, dataflow)).toEqual(approved ? ['ada'] : [])
    expect(await stateOfSnapshot(run)).toBe(approved ? 'kept' : 'dropping')
  })
})

describe('discarding a held run', () => {
  test('gives up its tables and says who did it', async () => {
    const dataflow = await aDataflow(db)
    const run = await aHeldImport(db, dataflow, { users: people('ada') })
    await discardRun(db, run, 'grace')
    expect(await findRun(db, run)).toMatchObject({
      state: 'cancelled',
      cause: 'discarded',
      description: expect.stringContaining('discarded by grace'),
      snapshot: null,
    })
    expect(await stateOfSnapshot(run)).toBe('dropping')
    expect(await subsSeen(db, dataflow)).toEqual([])
  })
})

describe('a held run that a newer one has replaced', () => {
  test.each([
    ['published', aPublishedImport],
    ['held as well', aHeldImport],
  ])('which was %s, says by which, gives up its tables and can not be approved', async (_, newerImport) => {
    const dataflow = await aDataflow(db)
    const held = await aHeldImport(db, dataflow, { users: people('ada') })
    const newer = await newerImport(db, dataflow, { users: people('eve') })
    const description = expect.stringContaining(`replaced by run ${newer}`)
    expect(await findRun(db, held)).toMatchObject({
      state: 'cancelled',
      cause: 'replaced',
      description,
      snapshot: null,
    })
    expect(await stateOfSnapshot(held)).toBe('dropping')
    await expect(approveRun(db, held, 'ada')).rejects.toMatchObject({ name: 'AskError', code: 'conflict', description })
  })

  test('is not one that was held for another dataflow, or after it', async () => {
    const [dataflow, other] = [await aDataflow(db), await aDataflow(db)]
    const elsewhere = await aHeldImport(db, other)
    await aPublishedImport(db, dataflow)
    const held = await aHeldImport(db, dataflow)
    for (const run of [elsewhere, held]) expect(await findRun(db, run)).toMatchObject({ state: 'held' })
  })

  test('is none while the newer one fails, is cancelled or skipped: it can be approved all along', async () => {
    const dataflow = await aDataflow(db)
    const held = await aHeldImport(db, dataflow, { users: people('ada') })
    await fail(db, await aStreamingRun(db, dataflow))
    await cancelRun(db, await aStreamingRun(db, dataflow), 'grace')
    await aStreamingRun(db, dataflow)
    await retryRun(db, held, 'grace')
    await approveRun(db, held, 'grace')
    expect(await subsSeen(db, dataflow)).toEqual(['ada'])
  })
})

describe.each([
  ['approving', approveRun],
  ['discarding', discardRun],
])('%s', (_, decide) => {
  test.each(STATES.filter((state) => state !== 'held'))('a run that is %s is refused', async (state) => {
    const run = await aRun(db, await aBareDataflow(db), state)
    const before = await findRun(db, run)
    const message = expect.stringMatching(new RegExp(`Run ${run} is not held.*${state}`))
    await expect(decide(db, run, 'ada')).rejects.toMatchObject({ name: 'AskError', code: 'conflict', message })
    expect(await findRun(db, run)).toEqual(before)
  })
})

describe('retrying a run', () => {
  test.each(STATES)('that is %s', async (state) => {
    const run = await aRun(db, await aBareDataflow(db), state)
    const outcome = retryRun(db, run, 'grace')
    if (['queued', 'planning', 'streaming', 'publishing'].includes(state)) {
      await expect(outcome).rejects.toMatchObject({
        code: 'conflict',
        remedy: expect.stringContaining(`poolkeeper cancel ${run}`),
      })
    } else {
      const { id, goesOn } = await outcome
      const asked = { state: 'queued', trigger: 'retry', requestedBy: 'grace', continues: null }
      expect(await findRun(db, id)).toMatchObject(asked)
      expect(goesOn).toBe(false)
    }
  })

  test('that failed a while ago asks to go on with what it has left', async () => {
    const { run } = await aFailedRun()
    const { id, goesOn } = await retryRun(db, run, 'grace')
    expect(goesOn).toBe(true)
    expect(await findRun(db, id)).toMatchObject({ state: 'queued', continues: run })
  })

  test('while another is under way is skipped, and goes on with nothing', async () => {
    const { run, dataflow } = await aFailedRun()
    await aRun(db, dataflow, 'queued')
    const { id, state, goesOn } = await retryRun(db, run, 'grace')
    expect([state, goesOn]).toEqual(['skipped', false])
    expect(await findRun(db, id)).toMatchObject({ continues: null })
  })

  test.each<[string, (failed: { run: number; dataflow: TestDataflow }) => Promise<unknown>]>([
    [
      'more than an hour ago',
      ({ run }) => db.update(runs).set({ finishedAt: sql`now() - interval '61 minutes'` }).where(eq(runs.id, run)),
    ],
    [
      'before its dataflow was pointed at another pool',
      ({ dataflow }) =>
        db.update(dataflows).set({ poolId: 'eu-central-1_Another' }).where(eq(dataflows.id, dataflow.id)),
    ],
    ['before a newer import was published', ({ dataflow }) => aPublishedImport(db, dataflow)],
    ['before a newer import was held', ({ dataflow }) => aHeldImport(db, dataflow)],
  ])('that failed %s reads everything', async (_, meanwhile) => {
    const failed = await aFailedRun()
    await meanwhile(failed)
    expect(await retryRun(db, failed.run, 'grace')).toMatchObject({ state: 'queued', goesOn: false })
  })

  test.each(['token-loop', 'token-expired', 'database-full'] as const)(
    'that failed with %s reads everything: going on from there would fail again',
    async (cause) => {
      const { run } = await aFailedRun(cause)
      expect(await stateOfSnapshot(run)).toBe('dropping')
      expect(await retryRun(db, run, 'grace')).toMatchObject({ goesOn: false })
    },
  )

  test('that was cancelled reads everything', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    await cancelRun(db, run, 'ada')
    expect(await retryRun(db, run, 'grace')).toMatchObject({ goesOn: false })
  })

  test('of a dataflow that was removed is refused', async () => {
    const dataflow = await aBareDataflow(db)
    const run = await aRun(db, dataflow, 'failed')
    await db.update(dataflows).set({ removedAt: new Date() }).where(eq(dataflows.id, dataflow.id))
    await expect(retryRun(db, run, 'ada')).rejects.toMatchObject({ code: 'not-found' })
  })
})

test.each([
  ['cancelling', cancelRun],
  ['approving', approveRun],
  ['discarding', discardRun],
  ['retrying', retryRun],
])('%s a run that there never was is refused', async (_, decide) => {
  await expect(decide(db, 999_999, 'ada')).rejects.toMatchObject({ code: 'not-found' })
})
