import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { paceOf } from '../../src/run/pace.ts'
import type { RunProgress } from '../../src/run/progress.ts'

/** What is remembered is remembered for a database; none is asked anything. */
let db: Database

beforeEach(() => {
  db = {} as Database
  vi.useFakeTimers({ toFake: ['performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const table = (name: string, rows: number, requests: number) => ({
  ...{ table: name, purpose: null, rows, requests },
  ...{ expectedRows: null, streams: 1, streamsDone: 0, complete: false },
})

function progress(users: number, requests = 0, groups = 0): RunProgress {
  const nothing = { state: 'streaming', estimatedUsers: null, accountId: null, poolId: null, shards: [] } as const
  return { run: 1, ...nothing, tables: [table('users', users, requests), table('groups', groups, 1)] }
}

test('at the first look it is what the run has come to since its start', () => {
  expect(paceOf(db, progress(1_000, 20, 200), 10)).toEqual({
    ...{ rowsPerSecond: 120, usersPerSecond: 100, requestsPerSecond: 2 },
  })
})

test('rows that another run had read are no pace of this one', () => {
  expect(paceOf(db, progress(500_000), null)).toBeNull()
  vi.advanceTimersByTime(2_000)
  expect(paceOf(db, progress(500_240), null)).toMatchObject({ usersPerSecond: 120 })
})

test('later it is that of the last seconds: a run that stands still is seen to', () => {
  for (const users of [0, 200, 400, 600]) {
    paceOf(db, progress(users), 100)
    vi.advanceTimersByTime(2_000)
  }
  expect(paceOf(db, progress(800), 108)).toMatchObject({ rowsPerSecond: 100 })
  for (let seconds = 0; seconds < 12; seconds += 2) {
    vi.advanceTimersByTime(2_000)
    paceOf(db, progress(800), 120)
  }
  expect(paceOf(db, progress(800), 120)).toMatchObject({ rowsPerSecond: 0 })
})

test('a stream that begins again goes at no pace below nothing', () => {
  paceOf(db, progress(500), 100)
  vi.advanceTimersByTime(2_000)
  expect(paceOf(db, progress(10), 102)).toMatchObject({ rowsPerSecond: 0 })
})
