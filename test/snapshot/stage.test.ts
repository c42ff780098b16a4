import { type SQL, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Row } from '../../src/db/table.ts'
import { cancelRun } from '../../src/run/decide.ts'
import { type Claim, checkpointFence } from '../../src/run/tasks.ts'
import { type Reject, type StagedTable, stageRows } from '../../src/snapshot/stage.ts'
import { REJECTED_ROWS } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, USERS } from '../support/dataflows.ts'
import { people, rowsOf } from '../support/imports.ts'
import { aStreamingRun, claimed, firstPage, NO_USAGE, streamsOf } from '../support/runs.ts'

let db: Database
let target: StagedTable
let claim: Claim

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

beforeEach(async () => {
  const dataflow = await aDataflow(db)
  const run = await aStreamingRun(db, dataflow)
  const [stream] = await streamsOf(db, run)
  target = { dataflow, snapshotId: run, shape: USERS }
  claim = await claimed(db, stream?.id ?? 0)
})

/** @returns whether the rows passed */
const put = async (rows: readonly Row[], fence: SQL, rejects: readonly Reject[] = []) =>
  (await stageRows(db, target, rows, rejects, fence)) !== undefined
const staged = (columns?: SQL) => rowsOf(db, target.dataflow.snapshotSchema, `users_${target.snapshotId}`, columns)
const keptAside = () => rowsOf(db, target.dataflow.snapshotSchema, `${REJECTED_ROWS.table}_${target.snapshotId}`)
const task = async () => (await streamsOf(db, target.snapshotId))[0]

const REJECT: Reject = { reason: 'the user has no sub', record: '{"Username":"ada"}' }

describe('staging a page', () => {
  test('writes its rows and moves the checkpoint', async () => {
    const usage = { requests: 2, throttled: 1, waitedMs: 40, warnings: 3 }
    expect(await put(people('ada', 'bob'), firstPage(claim, { rows: 2, token: 'page 2', usage }))).toBe(true)
    expect(await staged(sql`snapshot_id, sub`)).toEqual(
      ['ada', 'bob'].map((sub) => ({ snapshot_id: target.snapshotId, sub })),
    )
    expect(await task()).toMatchObject({
      page: 1,
      token: 'page 2',
      rows: 2,
      state: 'ready',
      fruitlessStarts: 0,
      ...usage,
    })
  })

  test('without a row moves the checkpoint all the same', async () => {
    expect(await put([], firstPage(claim, { done: true }))).toBe(true)
    expect(await task()).toMatchObject({ page: 1, state: 'done', finishedAt: expect.any(Date) })
  })

  test('with a row that Postgres refuses writes nothing and leaves the checkpoint where it was', async () => {
    const before = await task()
    for (const bad of [{ sub: null }, { sub: 'bob', last_modified_at: 'no date' }, { sub: 'nul \u0000' }]) {
      await expect(put([...people('ada'), bad], firstPage(claim, { rows: 2 }), [REJECT])).rejects.toThrow()
    }
    expect(await staged()).toEqual([])
    expect(await keptAside()).toEqual([])
    expect(await task()).toEqual(before)
  })

  test('keeps rejects aside, with their reason and the table that they were meant for', async () => {
    await put(people('ada'), firstPage(claim), [REJECT])
    expect(await keptAside()).toEqual([{ snapshot_id: target.snapshotId, table_name: 'users', ...REJECT }])
  })
})

describe('the fence', () => {
  async function expectTurnedAway(fence: SQL): Promise<void> {
    const before = await task()
    expect(await put(people('zombie'), fence, [REJECT])).toBe(false)
    expect(await staged()).toEqual([])
    expect(await keptAside()).toEqual([])
    expect(await task()).toEqual(before)
  }

  test('turns away whoever held the task before', async () => {
    await claimed(db, claim.task.id, 'another worker')
    await expectTurnedAway(firstPage(claim))
  })

  test('turns away a page that is not the next one', async () => {
    const next = { page: 3, token: 'page 4', loopMark: null }
    const page = checkpointFence(claim, { ...next, page: 2 }, next, { rows: 1, usage: NO_USAGE, done: false })
    await expectTurnedAway(page)
  })

  test('turns away a page of a run that has ended', async () => {
    await cancelRun(db, target.snapshotId, 'ada')
    await expectTurnedAway(firstPage(claim))
  })

  test('turns away a page of a stream that was read to its end', async () => {
    await put([], firstPage(claim, { done: true }))
    const [end, beyond] = [claim.task, { page: 2, token: null, loopMark: null }]
    await expectTurnedAway(
      checkpointFence(claim, { ...end, page: 1 }, beyond, { rows: 1, usage: NO_USAGE, done: true }),
    )
  })

  test('lets one through of many who commit the same page at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => put(people('ada'), firstPage(claim, { rows: 1 }))))
    expect(all.filter(Boolean)).toHaveLength(1)
    expect(await staged(sql`sub`)).toEqual([{ sub: 'ada' }])
    expect(await task()).toMatchObject({ page: 1, rows: 1 })
  })

  test('lets nothing through of a page that was claimed anew while it was on its way', async () => {
    const [passed, anew] = await Promise.all([put(people('ada'), firstPage(claim)), claimed(db, claim.task.id)])
    // whichever came first: the one who claimed goes on exactly where the rows end
    expect(await staged()).toHaveLength(passed ? 1 : 0)
    expect(anew.task.page).toBe(passed ? 1 : 0)
  })
})

describe('values', () => {
  test('come through as they were sent', async () => {
    const row = {
      sub: '1',
      email: `O'Brien "\\" \t\n 𝒜da \u202E‮ é e\u0301 👩‍👩‍👧 \uFFFF \uFEFF`,
      verified: false,
      logins: -2147483648,
      score: '123456789012345678901234567890.000000000000000000010',
      last_modified_at: '2026-10-25T02:30:00.123+02:00',
      identities: [{ userId: '1', dateCreated: 1700000000123, 'a"b': null }, [], {}, ''],
    }
    await put([row], firstPage(claim))
    const asText = sql`sub, email, verified, logins, score::text, last_modified_at::text, identities`
    const last_modified_at = '2026-10-25 00:30:00.123+00'
    expect(await staged(asText)).toEqual([{ ...row, last_modified_at }])
  })

  test('that are absent or null come through as null, and those without a column not at all', async () => {
    await put([{ sub: '1', email: null, nobody: 'asked' }], firstPage(claim))
    const [row] = await staged()
    expect(row).toEqual({
      snapshot_id: target.snapshotId,
      ...Object.fromEntries(USERS.columns.map(({ name }) => [name, null])),
      sub: '1',
    })
  })

  test('of any text, number, truth and JSON come through', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map((any) => any.replaceAll('\u0000', ''))
    const json = fc.json({ maxDepth: 2 }).map((any) => JSON.parse(any.replaceAll('\\u0000', '')) as unknown)
    const row = fc.record({
      email: fc.option(text),
      verified: fc.option(fc.boolean()),
      logins: fc.option(fc.integer()),
      identities: fc.option(json),
    })
    const rows = fc.sample(row, { numRuns: 100, seed: 7 }).map((any, n) => ({ sub: String(n), ...any }))
    await put(rows, firstPage(claim))
    const came = await staged(sql`sub::int as nth, sub, email, verified, logins, identities`)
    expect(came.map(({ nth: _, ...any }) => any)).toEqual(rows)
  })
})
