import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { endRun } from '../../src/run/end.ts'
import { moveRun } from '../../src/run/move.ts'
import { type RunMoment, watchRun } from '../../src/run/watch.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const aQueuedRun = async () => aRun(db, await aBareDataflow(db), 'queued')
const cancel = (run: number) =>
  endRun(db, run, { to: 'cancelled', cause: 'cancelled', description: 'Cancelled by ada.' })

async function statesSeen(moments: AsyncIterable<RunMoment>): Promise<string[]> {
  const states: string[] = []
  for await (const { run } of moments) states.push(run.state)
  return states
}

/** The same database, which counts how often it is looked at, and may be away for a look. */
function lookedAt({ failing = [] }: { failing?: readonly unknown[] } = {}): { db: Database; looks: () => number } {
  const errors = [...failing]
  let looks = 0
  const execute: Database['execute'] = (query) => {
    looks++
    const error = errors.shift()
    if (error) throw error
    return db.execute(query)
  }
  const watched = new Proxy(db, { get: (target, name) => (name === 'execute' ? execute : Reflect.get(target, name)) })
  return { db: watched, looks: () => looks }
}

test('a run is followed from how it stands to its end', async () => {
  const run = await aQueuedRun()
  const moments = watchRun(db, run, {})
  expect(await moments.next()).toMatchObject({ value: { run: { run, state: 'queued' }, progress: { run } } })
  const next = moments.next()
  await moveRun(db, run, 'planning', { startedAt: new Date() })
  expect(await next).toMatchObject({ value: { run: { state: 'planning' } } })
  await cancel(run)
  expect(await statesSeen(moments)).toEqual(['cancelled'])
})

test('whoever has seen how it stands is told the next change, and always how it ended', async () => {
  const run = await aQueuedRun()
  const { value: first } = await watchRun(db, run, {}).next()
  const seen = watchRun(db, run, { seen: first.id }).next()
  await cancel(run)
  const { value: last } = await seen
  expect(last).toMatchObject({ run: { state: 'cancelled' } })
  expect(await statesSeen(watchRun(db, run, { seen: last.id }))).toEqual(['cancelled'])
})

test('a hundred who watch one run look at it as often as one does', async () => {
  const run = await aQueuedRun()
  await cancel(run)
  const { db: watched, looks } = lookedAt()
  await Promise.all(Array.from({ length: 100 }, () => statesSeen(watchRun(watched, run, {}))))
  expect(looks()).toBe(2)
})

test('Postgres being away for a moment ends nothing', async () => {
  const run = await aQueuedRun()
  const gone = Object.assign(new Error('terminated'), { code: '57P01' })
  const { db: watched } = lookedAt({ failing: [gone] })
  expect(await watchRun(watched, run, {}).next()).toMatchObject({ value: { run: { state: 'queued' } } })
})

test('a defect ends it for all who watch', async () => {
  const { db: watched } = lookedAt({ failing: [new TypeError('a defect')] })
  const run = await aQueuedRun()
  const both = [statesSeen(watchRun(watched, run, {})), statesSeen(watchRun(watched, run, {}))]
  for (const one of both) await expect(one).rejects.toThrow('a defect')
})

test('it ends at once for whoever goes away, and for nobody else', async () => {
  const run = await aQueuedRun()
  const leaving = new AbortController()
  const [left, stayed] = [watchRun(db, run, { signal: leaving.signal }), watchRun(db, run, {})]
  await Promise.all([left.next(), stayed.next()])
  const next = left.next()
  leaving.abort()
  expect(await next).toMatchObject({ done: true })
  await cancel(run)
  expect(await statesSeen(stayed)).toEqual(['cancelled'])
})
