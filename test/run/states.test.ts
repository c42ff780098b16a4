import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { type RunState, runs } from '../../src/db/schema/runs.ts'
import { endRun } from '../../src/run/end.ts'
import { moveRun } from '../../src/run/move.ts'
import { ACTIVE_STATES, isActive, statesBefore, TRANSITIONS } from '../../src/run/states.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'

const STATES = Object.keys(TRANSITIONS) as RunState[]
const ENDINGS = ['succeeded', 'failed', 'cancelled', 'held'] as const

let db: Database

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

const pairs = (targets: readonly RunState[]) =>
  STATES.flatMap((from) => targets.map((to) => ({ from, to, allowed: TRANSITIONS[from].includes(to) })))

describe('the table of states', () => {
  test('lists what is under way, and lets nothing out of a state that is final', () => {
    expect(ACTIVE_STATES).toEqual(['queued', 'planning', 'streaming', 'publishing'])
    for (const final of ['succeeded', 'failed', 'cancelled', 'skipped'] as const) expect(TRANSITIONS[final]).toEqual([])
    expect(isActive('held')).toBe(false)
    expect(statesBefore('succeeded')).toEqual(['publishing', 'held'])
  })

  test('decides every move: all that are not listed are refused and change nothing', async () => {
    for (const { from, to, allowed } of pairs(STATES.filter(isActive))) {
      const run = await aRun(db, await aBareDataflow(db), from)
      expect([from, to, await moveRun(db, run, to)]).toEqual([from, to, allowed])
      expect(await stateOf(run)).toBe(allowed ? to : from)
    }
  })

  test('decides every ending in the same way', async () => {
    for (const { from, to, allowed } of pairs(ENDINGS)) {
      const run = await aRun(db, await aBareDataflow(db), from)
      const ended = await endRun(db, run, { to: to as (typeof ENDINGS)[number], cause: 'internal' })
      expect([from, to, ended]).toEqual([from, to, allowed])
      expect(await stateOf(run)).toBe(allowed ? to : from)
    }
  })
})

describe('the database itself refuses', () => {
  test.each([
    ['a second run under way of one dataflow', { state: 'streaming' }, 'runs_one_active_per_dataflow'],
    ['an end without a time', { state: 'succeeded', finishedAt: null }, 'runs_finished'],
    ['a time of ending for a run under way', { state: 'queued', finishedAt: new Date() }, 'runs_finished'],
    ['a failure without a cause', { state: 'failed', cause: null }, 'runs_explained'],
  ] as const)('%s', async (_, { state, ...fields }, constraint) => {
    const dataflow = await aBareDataflow(db)
    await aRun(db, dataflow, 'publishing')
    await expect(aRun(db, dataflow, state, fields)).rejects.toHaveProperty('cause.constraint_name', constraint)
  })
})

async function stateOf(run: number): Promise<RunState | undefined> {
  const [row] = await db.select({ state: runs.state }).from(runs).where(sql`id = ${run}`)
  return row?.state
}
