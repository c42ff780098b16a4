import { and, desc, eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { openPool } from '../../src/cognito/client.ts'
import type { Database } from '../../src/db/database.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { snapshots } from '../../src/db/schema/snapshots.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { AskError } from '../../src/errors.ts'
import { approveRun, cancelRun, discardRun } from '../../src/run/decide.ts'
import { findRun } from '../../src/run/history.ts'
import type { Claim } from '../../src/run/tasks.ts'
import { publishedSnapshot } from '../../src/snapshot/pointer.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { publish } from '../../src/worker/publish.ts'
import { holdUpAt } from '../faults/holdingUp.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, type TestDataflow } from '../support/dataflows.ts'
import { aFinishedImport, aHeldImport, aPublishedImport, people } from '../support/imports.ts'
import { claimed } from '../support/runs.ts'
import { SOON } from '../support/watching.ts'

let db: Database
let url: string

beforeAll(async () => {
  ;({ db, url } = await createTestDatabase())
})

/** A dataflow with an import that waits for a person, and a newer one that wants to be published. */
interface Stage {
  readonly dataflow: TestDataflow
  readonly held: number
  readonly next: number
  readonly claim: Claim
}

async function aStage(): Promise<Stage> {
  const dataflow = await aDataflow(db)
  await aPublishedImport(db, dataflow, { users: people('ada', 'bob', 'eve') })
  await aPublishedImport(db, dataflow, { users: people('ada', 'bob', 'kim') })
  const held = await aHeldImport(db, dataflow, { users: people('ada') })
  const next = await aFinishedImport(db, dataflow, { users: people('ada', 'bob') })
  const [task] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.runId, next), eq(tasks.kind, 'publish')))
  return { dataflow, held, next, claim: await claimed(db, task?.id ?? 0) }
}

/** Publishes as a worker does, which begins again when something else was published meanwhile. */
async function publishNext({ dataflow, claim }: Stage, maxRemovedPercent: number | null): Promise<void> {
  const pool = openPool({ poolId: 'eu-central-1_AbCdEf123', region: 'eu-central-1', credentials: { kind: 'ambient' } })
  const settings = { tables: [], maxRemovedPercent, maxRemovedRows: 0, poolId: pool.poolId, region: pool.region }
  const own = { db, pool, hashKey: undefined, onProgress: () => undefined, tasksUnderWay: () => 1 }
  const context = { ...own, dataflow: { ...dataflow, ...settings } }
  while ((await publish(context, claim, new AbortController().signal)) === 'again');
  pool.close()
}

const DECISIONS = {
  approve: ({ held }: Stage) => approveRun(db, held, 'ada'),
  discard: ({ held }: Stage) => discardRun(db, held, 'bob'),
  cancel: ({ next }: Stage) => cancelRun(db, next, 'eve'),
  rollBack: ({ dataflow }: Stage) => rollback(db, { dataflow, by: 'kim', keepSchedule: true }),
}
type Decision = keyof typeof DECISIONS
const ALL = Object.keys(DECISIONS) as Decision[]

/** Being too late is an ordinary outcome, and said so. */
async function decide(stage: Stage, decision: Decision): Promise<void> {
  const [outcome] = await Promise.allSettled([DECISIONS[decision](stage)])
  if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AskError)
}

test.each<Decision>(['approve', 'discard', 'rollBack'])(
  'a publish that has moved the pointer and %s at the same time never wait for each other in a circle',
  async (decision) => {
    const stage = await aStage()
    const publishing = await holdUpAt(url, { table: 'published', on: 'update', when: 'after' })
    const published = publishNext(stage, null)
    await publishing.reached()
    const decided = decide(stage, decision)
    await vi.waitFor(async () => expect(await waitingForRows()).toBe(1), SOON)
    await publishing.letGo()
    await Promise.all([published, decided])
    await expectAgreement(stage)
    const { description } = await findRun(db, stage.held)
    expect(description).toContain(`replaced by run ${stage.next}`)
  },
)

test('whoever decides what while the next import is published, nothing deadlocks, and pointer, runs and snapshots agree', {
  timeout: 90_000,
}, async () => {
  const scenario = fc.record({
    decisions: fc.uniqueArray(fc.record({ decision: fc.constantFrom(...ALL), after: fc.nat(60) }), {
      minLength: 1,
      selector: ({ decision }) => decision,
    }),
    guarded: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ decisions, guarded }) => {
      const stage = await aStage()
      await Promise.all([
        publishNext(stage, guarded ? 0 : null),
        ...decisions.map(async ({ decision, after }) => {
          for (let n = 0; n < after; n++) await db.execute(sql`select`)
          await decide(stage, decision)
        }),
      ])
      await expectAgreement(stage)
    }),
    { seed: 20261125, numRuns: 6, endOnFailure: true },
  )
})

/** Who waits for a row that somebody else holds; those at a failpoint wait for something else. */
async function waitingForRows(): Promise<number> {
  const waiting = await db.execute(sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and wait_event <> 'advisory'`)
  return waiting.length
}

const SNAPSHOT_OF: Readonly<Record<string, string>> = { succeeded: 'kept', held: 'held', cancelled: 'dropping' }

async function expectAgreement({ dataflow, held }: Stage): Promise<void> {
  const all = await db
    .select({ id: runs.id, state: runs.state, snapshot: snapshots.state })
    .from(runs)
    .innerJoin(snapshots, eq(snapshots.id, runs.id))
    .where(eq(runs.dataflowId, dataflow.id))
    .orderBy(desc(runs.id))
  for (const { state, snapshot } of all) expect(snapshot).toBe(SNAPSHOT_OF[state])
  const shown = await publishedSnapshot(db, dataflow.id)
  expect(all.find(({ id }) => id === shown)).toMatchObject({ state: 'succeeded' })
  const [next] = all
  if (next?.state !== 'cancelled') expect((await findRun(db, held)).state).not.toBe('held')
}
