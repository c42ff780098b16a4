import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { createLine } from '../support/line.ts'
import { expectExact } from '../support/watching.ts'
import { figure, ROUNDS } from './round.ts'
import { watchPublished } from './watch.ts'

/** AWS's quotas make 10,000 groups a matter of six minutes; what is looked at here is the rest of the work. */
vi.mock(import('../../src/cognito/quotas.ts'), async (original) => {
  const actual = await original()
  const rates = Object.entries(actual.CATEGORY_RATES).map(([category, rate]) => [category, rate * 1_000])
  return {
    ...actual,
    CATEGORY_RATES: Object.fromEntries(rates),
    quotaOf: (operation) => ({ category: actual.quotaOf(operation).category }),
  }
})

const GROUPS = Math.min(10_000, 1_000 * ROUNDS)

test('thousands of groups: each is a stream, and all are read once', {
  timeout: 60_000 * ROUNDS,
}, async () => {
  const line = await createLine({ users: GROUPS, groups: GROUPS })
  const dataflow = await line.createDataflow({ name: 'Grouped' })
  const watch = watchPublished(line, 'grouped')
  watch.allow()
  await line.startHere()
  const began = performance.now()
  const run = await line.ended(await line.request(dataflow), 50_000 * ROUNDS)
  const seconds = (performance.now() - began) / 1_000
  expect(run).toMatchObject({ state: 'succeeded', warnings: 0 })
  const [streams] = await line.db.execute(sql`select count(*) as members, max(epoch) as epoch
    from poolkeeper.tasks where stream->>'source' = 'group_members'`)
  expect(streams).toEqual({ members: GROUPS, epoch: 1 })
  await expectExact(line, 'grouped')
  const { polls, slowestMs } = await watch.stop()
  figure('groups', GROUPS)
  figure('from request to published', seconds, 's')
  figure('groups a second', GROUPS / seconds)
  figure('looks of the reader', polls)
  figure("the reader's slowest look", slowestMs, 'ms')
})
