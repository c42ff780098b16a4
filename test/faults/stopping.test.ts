import { eq, sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { createLine, type Line } from '../support/line.ts'
import { SOON } from '../support/watching.ts'
import { holdUpBefore } from './holdingUp.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

/** A look of the worker every 2 s, or of the scheduler every 5 s and then the worker's; and what a busy machine adds. */
const HEARD_MS = 6_000
const OVERDUE_MS = 12_000

test('a cancel is heard within seconds by all workers while they wait for answers that take a minute', async () => {
  const line = await createLine({ users: 2_100, groups: 1, latencyMs: 5, shortPages: 0, emptyPages: 0 })
  const dataflow = await line.createDataflow({ name: 'Stopped' })
  const watch = watchPublished(line, 'stopped')
  watch.allow()
  await line.startHere(['scheduler'])
  line.start('worker')
  line.start('worker')
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })

  line.sandbox.faults.add({ kind: 'slow', operation: 'ListUsers', ms: 60_000 })
  const before = line.sandbox.requests.operations.ListUsers ?? 0
  const run = await line.request(dataflow)
  // sixteen shards, asked by both, and nothing else in line for the quota
  await vi.waitFor(async () => expect(await waitingWorkers(line, run)).toEqual({ streams: 16, workers: 2 }), SOON)
  await vi.waitFor(async () => expect(await activeJobs(line, 'stream')).toBe(16), SOON)
  await vi.waitFor(() => expect((line.sandbox.requests.operations.ListUsers ?? 0) - before).toBe(16), SOON)
  const cancel = line.command('cancel', String(run))
  expect(await line.ended(run)).toMatchObject({ state: 'cancelled' })
  const cancelledAt = performance.now()
  const asked = line.sandbox.requests.total
  await vi.waitFor(async () => expect(await activeJobs(line, 'stream')).toBe(0), SOON)
  const heardAfter = performance.now() - cancelledAt
  expect(heardAfter).toBeLessThan(HEARD_MS)
  expect(line.sandbox.requests.total).toBe(asked)
  expect((await cancel).stderr).toContain(`Run ${run} is cancelled`)

  line.sandbox.faults.clear()
  const next = await line.run(dataflow)
  expect(next).toMatchObject({ state: 'succeeded', requests: line.sandbox.requests.total - asked })
  await watch.stop()
  figure('a cancel is heard by all workers after', heardAfter / 1000, 's')
})

test('a timeout ends a publish in the middle of a statement, on the server as well, and a retry has only that left to do', async () => {
  const line = await createLine({ users: 300, groups: 2, shortPages: 0, emptyPages: 0 })
  const dataflow = await line.createDataflow({ name: 'Stopped' })
  const watch = watchPublished(line, 'stopped')
  watch.allow()
  await line.startHere()
  // a first one, that gives the tables their columns
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  line.sandbox.addUser({ groups: ['admins'] })
  const held = await holdUpBefore(line.databaseUrl, 'alter table')
  const run = await line.request(dataflow)
  await held.reached()
  expect(await publishers(line)).toBe(1)
  await line.db.update(dataflows).set({ timeoutMinutes: 60 })
  await line.db.update(runs).set({ startedAt: sql`now() - interval '61 minutes'` }).where(eq(runs.id, run))
  const overdueAt = performance.now()
  const ended = await line.ended(run)
  expect(ended).toMatchObject({ state: 'failed', cause: 'timeout' })
  expect(ended.description).toMatch(/longer than the hour that Stopped allows\. "publish" stood since .* claimed by/)
  await vi.waitFor(async () => expect(await publishers(line)).toBe(0), SOON)
  await vi.waitFor(async () => expect(await activeJobs(line, 'publish')).toBe(0), SOON)
  const stoppedAfter = performance.now() - overdueAt
  expect(stoppedAfter).toBeLessThan(OVERDUE_MS)

  await held.letGo()
  watch.allow()
  const asked = line.sandbox.requests.total
  const { stderr } = await line.command('retry', String(run))
  expect(stderr).toContain(`goes on from where run ${run} stopped`)
  expect(await line.ended(run + 1)).toMatchObject({ state: 'succeeded', continues: run })
  // the pool is described anew, and nothing else is asked
  expect(line.sandbox.requests.total - asked).toBe(1)
  expect((await watch.stop()).seen).toHaveLength(3)
  figure('an overdue publish is ended after', stoppedAfter / 1000, 's')
})

async function waitingWorkers({ db }: Line, run: number) {
  const [waiting] = await db.execute(sql`select count(*) as streams, count(distinct claimed_by) as workers
    from poolkeeper.tasks where run_id = ${run} and stream->>'source' = 'users' and claimed_by is not null`)
  return waiting
}

async function activeJobs({ redis }: Line, kind: string): Promise<number> {
  return redis.llen(`bull:poolkeeper-${kind}:active`)
}

/** Backends that work at a publish. */
async function publishers({ db }: Line): Promise<number> {
  const backends = await db.execute(sql`select from pg_stat_activity
    where application_name like 'poolkeeper publish %' and state = 'active' and datname = current_database()`)
  return backends.length
}
