import { and, count, eq, isNotNull } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { tasks } from '../../src/db/schema/tasks.ts'
import { findRun } from '../../src/run/history.ts'
import { createLine, type Line } from '../support/line.ts'
import { SOON, USERS_ONLY } from '../support/watching.ts'

const ALL_TABLES = ['users', 'groups', 'group_members'].map((source) => ({ source, purpose: 'All' as const }))

test('a small import waits neither behind the 700 streams of a large one nor behind its requests for the same quota', async () => {
  const line = await createLine({ quota: 1, users: 1_500, groups: 700, shortPages: 0, emptyPages: 0 })
  const { id: poolId } = line.sandbox.addPool({ users: 600, groups: 0 })
  const small = await line.createDataflow({ name: 'Small', poolId, ...USERS_ONLY })
  await line.startHere()
  const large = await line.request(await line.createDataflow({ name: 'Large', tables: ALL_TABLES }))
  await vi.waitFor(async () => expect(await openStreams(line, large)).toBeGreaterThan(400), SOON)

  const run = await line.request(small)
  await vi.waitFor(async () => expect((await findRun(line.db, run)).state).toBe('streaming'), SOON)
  expect(await openStreams(line, large, isNotNull(tasks.dispatchedAt))).toBeLessThanOrEqual(48)
  const before = requestsOfTheLarge(line)
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded', requests: 11 })

  // its ten pages in a line of 48 requests would have let 480 go before; in turns, those that it leaves unused meanwhile
  expect(requestsOfTheLarge(line) - before).toBeLessThan(200)
  expect(await findRun(line.db, large)).toMatchObject({ state: 'streaming' })
})

async function openStreams({ db }: Line, run: number, where = isNotNull(tasks.id)): Promise<number> {
  const [open] = await db
    .select({ streams: count() })
    .from(tasks)
    .where(and(eq(tasks.runId, run), eq(tasks.kind, 'stream'), eq(tasks.state, 'ready'), where))
  return open?.streams ?? 0
}

/** The small pool is asked for no group. */
function requestsOfTheLarge({ sandbox }: Line): number {
  return sandbox.requests.operations.ListUsersInGroup ?? 0
}
