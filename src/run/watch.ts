import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { databaseTrouble } from '../db/trouble.ts'
import { WaitError } from '../errors.ts'
import { findRun, type RunRecord } from './history.ts'
import { type RunProgress, runProgress } from './progress.ts'
import { isActive } from './states.ts'

/** How a run stands, whole: whoever missed the one before has missed nothing. */
export interface RunMoment {
  /** Tells it from others, whichever process looked: by it somebody who comes back says what they have seen. */
  readonly id: string
  readonly run: RunRecord
  readonly progress: RunProgress
}

const EVERY_MS = 250

/** One look at a run is shared by all who watch it in this process. */
interface Watch {
  readonly changes: EventEmitter
  watchers: number
  latest?: RunMoment
  failure?: unknown
}

const WATCHES = new WeakMap<Database, Map<number, Watch>>()

/**
 * Follows a run: how it stands, then each change, and last how it ended. Whoever is slow to take one gets the next that is
 * true by then. Postgres being away is waited out.
 * @param seen the id of the moment that need not be told again
 * @param signal ends it
 */
export async function* watchRun(
  db: Database,
  runId: number,
  { seen, signal }: { readonly seen?: string; readonly signal?: AbortSignal },
): AsyncGenerator<RunMoment> {
  const watch = join(db, runId)
  let told = seen
  try {
    for (;;) {
      const { latest, failure } = watch
      if (failure !== undefined) throw failure
      const over = latest !== undefined && !isActive(latest.run.state)
      if (latest && (over || latest.id !== told)) {
        told = latest.id
        yield latest
        if (over) return
      } else {
        await once(watch.changes, 'change', { signal })
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    watch.watchers--
  }
}

function join(db: Database, runId: number): Watch {
  const ofDatabase = WATCHES.get(db) ?? new Map<number, Watch>()
  WATCHES.set(db, ofDatabase)
  const known = ofDatabase.get(runId)
  if (known) {
    known.watchers++
    return known
  }
  const watch: Watch = { changes: new EventEmitter().setMaxListeners(0), watchers: 1 }
  ofDatabase.set(runId, watch)
  void look(db, runId, watch).then(() => ofDatabase.delete(runId))
  return watch
}

/** Looks again and again until the run has ended or nobody watches any more. */
async function look(db: Database, runId: number, watch: Watch): Promise<void> {
  while (watch.watchers > 0) {
    try {
      const moment = await momentOf(db, runId)
      const changed = moment.id !== watch.latest?.id
      watch.latest = moment
      if (changed) watch.changes.emit('change')
      if (!isActive(moment.run.state)) return
    } catch (error) {
      if (!(databaseTrouble(error) instanceof WaitError)) {
        watch.failure = error
        watch.changes.emit('change')
        return
      }
    }
    await pause(EVERY_MS)
  }
}

/** The run first: what is read after its end is the end. */
async function momentOf(db: Database, runId: number): Promise<RunMoment> {
  const run = await findRun(db, runId)
  const progress = await runProgress(db, runId)
  return { id: idOf(run, progress), run, progress }
}

/** That time passes is no change. */
function idOf({ seconds: _, ...run }: RunRecord, progress: RunProgress): string {
  return createHash('sha256')
    .update(JSON.stringify([run, progress]))
    .digest('base64url')
    .slice(0, 16)
}
