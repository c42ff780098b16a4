import { and, eq } from 'drizzle-orm'
import type { Database, Queryable } from '../../src/db/database.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { type RunState, runs } from '../../src/db/schema/runs.ts'
import { snapshots } from '../../src/db/schema/snapshots.ts'
import { type StreamSource, tasks } from '../../src/db/schema/tasks.ts'
import type { CauseCode } from '../../src/errors.ts'
import { endRun } from '../../src/run/end.ts'
import { moveRun } from '../../src/run/move.ts'
import { requestRun } from '../../src/run/request.ts'
import { isActive } from '../../src/run/states.ts'
import {
  addStreams,
  type Claim,
  checkpointFence,
  claimTask,
  finishTask,
  publishWhenAllRead,
} from '../../src/run/tasks.ts'
import { publishedSnapshot } from '../../src/snapshot/pointer.ts'
import { createStaging } from '../../src/snapshot/stage.ts'
import { MEMBERS, type TestDataflow, USERS } from './dataflows.ts'

export const ALL_USERS: StreamSource = { source: 'users', prefix: null }
export const shard = (prefix: string): StreamSource => ({ source: 'users', prefix })
export const NO_USAGE = { requests: 0, throttled: 0, waitedMs: 0, warnings: 0 }

const BEGINNING = { page: 0, token: null, loopMark: null }

/** A run that stands in a state, however it got there. It has no tasks and no snapshot. */
export async function aRun(
  db: Database,
  dataflow: { readonly id: number },
  state: RunState,
  fields: Partial<typeof runs.$inferInsert> = {},
): Promise<number> {
  const [run] = await db
    .insert(runs)
    .values({
      dataflowId: dataflow.id,
      trigger: 'manual',
      requestedBy: 'ada',
      state,
      ...(!isActive(state) && { finishedAt: new Date() }),
      ...(!isActive(state) && state !== 'succeeded' && { cause: 'internal' satisfies CauseCode }),
      ...fields,
    })
    .returning({ id: runs.id })
  if (!run) throw new TypeError('the run was not inserted')
  return run.id
}

/** A run that was requested and planned as a worker does it, without a pool: its tables are there, its streams ready. */
export async function aStreamingRun(
  db: Database,
  dataflow: TestDataflow,
  streams: readonly StreamSource[] = [ALL_USERS],
): Promise<number> {
  const { id } = await requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'ada' })
  const [plan] = await db.select().from(tasks).where(eq(tasks.runId, id))
  const claim = await claimed(db, plan?.id ?? 0)
  await moveRun(db, id, 'planning', { startedAt: new Date() })
  await db.transaction(async (tx) => {
    await finishTask(tx, claim, NO_USAGE)
    await tx.insert(snapshots).values({ id, dataflowId: dataflow.id, tables: [USERS, MEMBERS] })
    await createStaging(tx, dataflow, id, [USERS, MEMBERS])
    await addStreams(
      tx,
      id,
      streams.map((stream) => ({ stream, label: stream.source })),
    )
    const [{ poolId } = { poolId: null }] = await tx.select().from(dataflows).where(eq(dataflows.id, dataflow.id))
    await moveRun(tx, id, 'streaming', { poolId, baseSnapshotId: await publishedSnapshot(tx, dataflow.id) })
  })
  return id
}

/** Claims a task that there is something left to do for. */
export async function claimed(db: Database, taskId: number, by = 'a worker'): Promise<Claim> {
  const claim = await claimTask(db, taskId, by)
  if (!claim) throw new TypeError(`task ${taskId} has nothing left to do`)
  return claim
}

/** The run's streams, in the order in which they were planned. */
export async function streamsOf(db: Database, runId: number) {
  return db
    .select()
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream')))
    .orderBy(tasks.id)
}

/** Reads every stream that is left to its end, after which the run asks for its publish. */
export async function readToTheEnd(db: Database, runId: number): Promise<void> {
  for (const { id, state } of await streamsOf(db, runId)) {
    if (state !== 'ready') continue
    const claim = await claimed(db, id)
    const next = { page: claim.task.page + 1, token: null, loopMark: null }
    await db.execute(checkpointFence(claim, claim.task, next, { rows: 0, usage: NO_USAGE, done: true }))
  }
  await db.transaction((tx) => publishWhenAllRead(tx, runId))
}

/** The fence that a claim's first page passes through. */
export function firstPage(claim: Claim, { rows = 0, done = false, token = 'next', usage = NO_USAGE } = {}) {
  return checkpointFence(
    claim,
    BEGINNING,
    { page: 1, token: done ? null : token, loopMark: null },
    { rows, usage, done },
  )
}

/** Ends the run that its dataflow has under way, so that another may begin. */
export async function fail(db: Queryable, runId: number): Promise<void> {
  await endRun(db, runId, { to: 'failed', cause: 'internal', description: 'A test ended it.' })
}
