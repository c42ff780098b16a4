import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { type RunState, runs } from '../db/schema/runs.ts'
import { type SnapshotState, snapshots } from '../db/schema/snapshots.ts'
import { tasks } from '../db/schema/tasks.ts'
import type { CauseCode } from '../errors.ts'
import { announceEnd } from './announce.ts'
import { lockHeldBefore } from './locks.ts'
import { type LogLevel, logRun } from './log.ts'
import { moveRun } from './move.ts'
import { usedByTasks } from './usage.ts'

export interface Ending {
  readonly to: Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'held'>
  /** A dry run succeeds without its snapshot: that goes, and a run that is held goes on waiting for a person. */
  readonly publishes?: boolean
  readonly cause?: CauseCode
  /** What happened and what to do. */
  readonly description?: string
}

/**
 * Ends a run: its state, cause and figures, its open tasks dropped, so that every worker hears of it at its next
 * commit or within seconds, and its snapshot given up unless it was published or is held, or a retry may go on with it.
 * One that succeeded or is held replaces a held one before it. Whoever is to be told is told. Call it in the transaction of
 * whatever decided the end.
 * @returns false when the run had ended already; nothing was changed then.
 */
export async function endRun(db: Queryable, runId: number, ending: Ending): Promise<boolean> {
  const { to, publishes = true, cause, description } = ending
  const ended = await moveRun(db, runId, to, {
    cause: cause ?? null,
    description: description ?? null,
    // a held run ended when it was held: how long a person took to decide is no figure of the run
    finishedAt: sql`coalesce(${runs.finishedAt}, now())`,
  })
  if (!ended) return false
  await announceEnd(db, runId, ending)
  await logEnd(db, runId, ending)
  await db
    .update(tasks)
    .set({ state: 'dropped' })
    .where(and(eq(tasks.runId, runId), eq(tasks.state, 'ready')))
  // never less than before: the tasks of a run that was held for a week are pruned
  await db.execute(sql`update poolkeeper.runs r set requests = greatest(r.requests, s.requests),
      throttled = greatest(r.throttled, s.throttled), waited_ms = greatest(r.waited_ms, s.waited_ms),
      warnings = greatest(r.warnings, s.warnings)
    from (${usedByTasks(runId)}) s where r.id = ${runId}`)
  if (publishes && (to === 'succeeded' || to === 'held')) await replaceHeld(db, runId)
  await db
    .update(snapshots)
    .set({ state: snapshotAfter(ending) })
    .where(and(eq(snapshots.id, runId), inArray(snapshots.state, ['building', 'held'])))
  return true
}

/** Why a run ended so that a person looks at it stands before what happened. */
async function logEnd(db: Queryable, runId: number, { to, cause, description }: Ending): Promise<void> {
  const ended = description ?? (to === 'succeeded' ? 'Published: readers see it now.' : `The run is ${to}.`)
  const level: LogLevel = to === 'failed' || to === 'held' ? 'warning' : 'info'
  await logRun(
    db,
    runId,
    level === 'warning' ? `${to === 'held' ? 'Held' : 'Failed'} (${cause}). ${ended}` : ended,
    level,
  )
}

/** Of these a retry would fail again if it went on: by the same token, or for want of the room that the rows take. */
const NOT_TO_GO_ON_FROM: ReadonlySet<CauseCode | undefined> = new Set(['token-loop', 'token-expired', 'database-full'])

function snapshotAfter({ to, publishes = true, cause }: Ending): SnapshotState {
  if (to === 'succeeded') return publishes ? 'kept' : 'dropping'
  if (to === 'held') return 'held'
  return to === 'failed' && !NOT_TO_GO_ON_FROM.has(cause) ? 'left' : 'dropping'
}

/** A newer import tells more than the one that waits for a person: what they would decide on is out of date. */
async function replaceHeld(db: Queryable, by: number): Promise<void> {
  for (const held of await lockHeldBefore(db, by)) {
    const description = `Held, then replaced by run ${by}, a newer import. \`poolkeeper history\` shows what became of that one.`
    await endRun(db, held, { to: 'cancelled', cause: 'replaced', description })
  }
}
