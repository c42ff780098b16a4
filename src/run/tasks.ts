import { and, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { runs } from '../db/schema/runs.ts'
import { type Seen, type StreamSource, tasks } from '../db/schema/tasks.ts'
import { logRun, logSeldom } from './log.ts'
import { moveRun } from './move.ts'
import { addRequestCounts, type Usage } from './usage.ts'

type TaskRow = typeof tasks.$inferSelect
type RunRow = typeof runs.$inferSelect

/** The right to work at a task, until somebody else claims it. */
export interface Claim {
  readonly task: TaskRow
  readonly run: RunRow
}

/** How far a stream has got: what the next reader of it starts from. */
export interface Checkpoint {
  readonly page: number
  readonly token: string | null
  readonly loopMark: string | null
  /** Of a shard. */
  readonly seen?: Seen | null
}

/**
 * Claims a task. Raising `epoch` is what makes the claim exclusive: a worker that held it before, frozen or cut off as
 * it may be, finds its next commit turned away.
 * @returns null when there is nothing left to do: the task is done, or its run has ended.
 */
export async function claimTask(db: Queryable, taskId: number, by: string): Promise<Claim | null> {
  const [claimed] = await db
    .update(tasks)
    .set({
      epoch: sql`${tasks.epoch} + 1`,
      claimedBy: by,
      movedAt: sql`now()`,
      fruitlessStarts: sql`${tasks.fruitlessStarts} + 1`,
    })
    .where(and(eq(tasks.id, taskId), eq(tasks.state, 'ready')))
    .returning({ ...getTableColumns(tasks), before: claimedBefore(taskId) })
  if (!claimed) return null
  const { before, ...task } = claimed
  if (before !== null && before !== by) await logSeldom(db, task.runId, describeTakeover(before), { minutes: 10 })
  const [run] = await db.select().from(runs).where(eq(runs.id, task.runId))
  return run ? { task, run } : null
}

/** Who had claimed it and has not put it back: a statement's subquery sees what was there before the statement. */
const claimedBefore = (taskId: number) =>
  sql<string | null>`(select before.claimed_by from poolkeeper.tasks before where before.id = ${taskId})`

/** Of a worker that had 48 streams of the run it is said once. */
function describeTakeover(from: string): string {
  return `The worker ${from} is gone: what it was at is gone on with from where it stopped.`
}

/** Matches the task's row only while the claim still holds. */
export function holds({ task }: Claim): SQL {
  return sql`id = ${task.id} and epoch = ${task.epoch} and state = 'ready'`
}

/** Those of the claims that hold now; they may be lost in the next instant. */
export async function heldAmong(db: Queryable, claims: readonly Claim[]): Promise<ReadonlySet<Claim>> {
  if (claims.length === 0) return new Set()
  const ids = claims.map(({ task }) => task.id)
  const open = await db
    .select({ id: tasks.id, epoch: tasks.epoch })
    .from(tasks)
    .where(and(inArray(tasks.id, ids), eq(tasks.state, 'ready')))
  const epochs = new Map(open.map(({ id, epoch }) => [id, epoch]))
  return new Set(claims.filter(({ task }) => epochs.get(task.id) === task.epoch))
}

/** Notes that work goes on which shows in no commit for minutes, such as building a key. */
export async function markMoved(db: Queryable, claim: Claim): Promise<void> {
  await db.update(tasks).set({ movedAt: sql`now()` }).where(holds(claim))
}

/** Locks the task's row, so that nobody else can claim it before this transaction ends. False when somebody has. */
export async function stillHolds(tx: Transaction, claim: Claim): Promise<boolean> {
  const held = await tx.select({ id: tasks.id }).from(tasks).where(holds(claim)).for('update')
  return held.length === 1
}

/** What is told to whose commit passed the fence. */
export interface Passed extends Record<string, unknown> {
  /** Where the shard ends, if it has been split. */
  readonly until: string | null
}

/**
 * The fence and the checkpoint in one UPDATE: it matches only while the claim holds and the page is the expected one. It
 * returns `Passed`.
 * @param done whether the stream ends here.
 */
export function checkpointFence(
  claim: Claim,
  expected: Checkpoint,
  next: Checkpoint,
  { rows, usage, done }: { rows: number; usage: Usage; done: boolean },
): SQL {
  return sql`update poolkeeper.tasks set
      page = ${next.page}, token = ${next.token}, loop_mark = ${next.loopMark},
      seen = ${next.seen ? JSON.stringify(next.seen) : null}::jsonb, rows = rows + ${rows}::int,
      requests = requests + ${usage.requests}::int, throttled = throttled + ${usage.throttled}::int,
      waited_ms = waited_ms + ${usage.waitedMs}::int,
      warnings = warnings + ${usage.warnings}::int, fruitless_starts = 0, waiting_since = null, moved_at = now(),
      state = ${done ? 'done' : 'ready'}, finished_at = ${done ? sql`now()` : sql`null`}
    where ${holds(claim)} and page = ${expected.page} returning stream->>'until' as until`
}

/**
 * Ends a task that is not a stream. Call it in the transaction of what the task was for.
 * @returns false when the claim is lost; nothing was changed then.
 */
export async function finishTask(db: Queryable, claim: Claim, usage: Omit<Usage, 'warnings'>): Promise<boolean> {
  const finished = await db
    .update(tasks)
    .set({
      state: 'done',
      movedAt: sql`now()`,
      finishedAt: sql`now()`,
      ...addRequestCounts(usage),
    })
    .where(holds(claim))
    .returning({ id: tasks.id })
  return finished.length === 1
}

/** Its dataflow's patience has been tried: the same measure as the watchdog's, for a task that somebody is still at. */
const PATIENCE_IS_OVER = sql<boolean>`coalesce(${tasks.waitingSince} < now() - (
  select make_interval(mins => d.no_progress_minutes) from poolkeeper.runs r
  join poolkeeper.dataflows d on d.id = r.dataflow_id where r.id = ${tasks.runId}), false)`

/**
 * Puts a task back in good order, at the end of a slice, for a deploy, or to wait something out: not a failure.
 * @param waiting whether it got nowhere and waits for AWS, the network or Postgres.
 * @returns whether it has been waiting without a commit for longer than its dataflow has patience for; false when the
 *   claim is lost.
 */
export async function releaseTask(db: Queryable, claim: Claim, usage: Usage, waiting: boolean): Promise<boolean> {
  const [task] = await db
    .update(tasks)
    .set({
      claimedBy: null,
      movedAt: sql`now()`,
      fruitlessStarts: 0,
      ...addRequestCounts(usage),
      warnings: sql`${tasks.warnings} + ${usage.warnings}`,
      ...(waiting && { waitingSince: sql`coalesce(${tasks.waitingSince}, now())` }),
    })
    .where(holds(claim))
    .returning({ patienceIsOver: PATIENCE_IS_OVER })
  return task?.patienceIsOver ?? false
}

/** Begins a stream again from its first page. Rows that were staged stay: doubles are removed when it is published. */
export async function restartStream(db: Queryable, claim: Claim): Promise<void> {
  const restarted = await db
    .update(tasks)
    .set({
      ...{ page: 0, token: null, loopMark: null, seen: null, rows: 0, fruitlessStarts: 0 },
      restarts: sql`${tasks.restarts} + 1`,
      movedAt: sql`now()`,
    })
    .where(holds(claim))
    .returning({ label: tasks.label })
  for (const { label } of restarted) {
    await logRun(
      db,
      claim.run.id,
      `Cognito takes the token of "${label}" no more: it is read again from its first page.`,
    )
  }
}

/** Adds streams to a run; one that it has already is left as it is. @returns how many were added */
export async function addStreams(
  db: Queryable,
  runId: number,
  streams: readonly { stream: StreamSource; label: string }[],
): Promise<number> {
  if (streams.length === 0) return 0
  const rows = streams.map(({ stream, label }) => ({ runId, kind: 'stream' as const, stream, label }))
  const added = await db.insert(tasks).values(rows).onConflictDoNothing().returning({ id: tasks.id })
  return added.length
}

/** The checkpoints of a run's streams of these sources, by source: null before the first page. */
export async function checkpointsOf(
  db: Queryable,
  runId: number,
  sources: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (sources.length === 0) return new Map()
  const source = sql<string>`${tasks.stream}->>'source'`
  const rows = await db
    .select({ source, token: tasks.token })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream'), inArray(source, [...sources])))
  return new Map(rows.map(({ source, token }) => [source, token]))
}

/** Waits for whoever is ending another stream of this run, so that exactly one of them finds that it was the last. */
export async function lockRun(tx: Transaction, runId: number): Promise<RunRow | undefined> {
  const [run] = await tx.select().from(runs).where(eq(runs.id, runId)).for('update')
  return run
}

/** Asks for the publish when no stream is left. Call it under `lockRun`, after ending the stream. */
export async function publishWhenAllRead(tx: Transaction, runId: number): Promise<void> {
  const [open] = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.kind, 'stream'), eq(tasks.state, 'ready')))
    .limit(1)
  if (open || !(await moveRun(tx, runId, 'publishing'))) return
  await logRun(tx, runId, 'Everything is read. The tables are finished and compared with what readers see.')
  await tx
    .insert(tasks)
    .values({ runId, kind: 'publish', label: 'publish' })
    .onConflictDoUpdate({
      target: [tasks.runId, tasks.kind],
      targetWhere: sql`kind <> 'stream'`,
      // published before, when the shards did not add up: the same task goes out again as a new delivery
      set: { state: 'ready', dispatchedAt: null, finishedAt: null, claimedBy: null, movedAt: sql`now()` },
    })
}
