import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { cancelRun } from '../../src/run/decide.ts'
import { logRun, logSeldom, pruneLog, readRunLog } from '../../src/run/log.ts'
import { claimTask, releaseTask, restartStream } from '../../src/run/tasks.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { aRun, aStreamingRun, claimed, fail, NO_USAGE, readToTheEnd, streamsOf } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const told = async (run: number) => (await readRunLog(db, run)).map(({ message }) => message)

describe('the log of a run', () => {
  test('tells what happened in its order, and nothing of other runs', async () => {
    const [run, other] = [
      await aRun(db, await aDataflow(db), 'streaming'),
      await aRun(db, await aDataflow(db), 'queued'),
    ]
    await logRun(db, run, 'Planned.')
    await logRun(db, other, 'Something else.')
    await logRun(db, run, 'A value did not fit.', 'warning')
    expect(await readRunLog(db, run)).toEqual([
      { at: expect.any(Date), level: 'info', message: 'Planned.' },
      { at: expect.any(Date), level: 'warning', message: 'A value did not fit.' },
    ])
  })

  test('says seldom what comes again and again', async () => {
    const run = await aRun(db, await aDataflow(db), 'streaming')
    await logSeldom(db, run, 'Throttled.', { minutes: 2 })
    await logSeldom(db, run, 'Throttled.', { minutes: 2 })
    await logSeldom(db, run, 'Waiting.', { minutes: 2 })
    expect(await told(run)).toEqual(['Throttled.', 'Waiting.'])
    await db.execute(sql`update poolkeeper.run_log set at = at - interval '3 minutes' where run_id = ${run}`)
    await logSeldom(db, run, 'Throttled.', { minutes: 2 })
    expect(await told(run)).toEqual(['Throttled.', 'Waiting.', 'Throttled.'])
  })

  test('is forgotten after 90 days', async () => {
    const run = await aRun(db, await aDataflow(db), 'succeeded')
    await logRun(db, run, 'Long ago.')
    await db.execute(sql`update poolkeeper.run_log set at = now() - interval '91 days' where run_id = ${run}`)
    await logRun(db, run, 'Lately.')
    expect(await pruneLog(db)).toBe(1)
    expect(await told(run)).toEqual(['Lately.'])
  })
})

describe('it says', () => {
  test('once whose work was taken over, and nothing where it was put back in good order', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    const [stream] = await streamsOf(db, run)
    const first = await claimed(db, stream?.id ?? 0, 'worker-1')
    await releaseTask(db, first, NO_USAGE, false)
    await claimTask(db, first.task.id, 'worker-2')
    expect(await told(run)).toEqual([])
    await claimTask(db, first.task.id, 'worker-2')
    expect(await told(run)).toEqual([])
    await claimTask(db, first.task.id, 'worker-3')
    const gone = 'The worker worker-2 is gone: what it was at is gone on with from where it stopped.'
    expect(await told(run)).toEqual([gone])
    await claimTask(db, first.task.id, 'worker-2')
    await claimTask(db, first.task.id, 'worker-3')
    expect((await told(run)).filter((message) => message === gone)).toHaveLength(1)
  })

  test('that a stream begins again, once, by whoever has it', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    const [stream] = await streamsOf(db, run)
    const [lost, held] = [await claimed(db, stream?.id ?? 0), await claimed(db, stream?.id ?? 0)]
    await restartStream(db, lost)
    expect(await told(run)).toEqual([])
    await restartStream(db, held)
    expect(await told(run)).toEqual([expect.stringMatching(/token of "users" no more: it is read again/)])
  })

  test('that everything is read, and how it ended', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    await readToTheEnd(db, run)
    await fail(db, run)
    expect(await readRunLog(db, run)).toMatchObject([
      { level: 'info', message: expect.stringMatching(/^Everything is read/) },
      { level: 'warning', message: 'Failed (internal). A test ended it.' },
    ])
  })

  test('who cancelled it; what was turned down changes nothing', async () => {
    const run = await aStreamingRun(db, await aDataflow(db))
    await cancelRun(db, run, 'ada')
    await expect(cancelRun(db, run, 'bob')).rejects.toThrow()
    expect(await told(run)).toEqual(['Cancelled by ada.'])
  })
})
