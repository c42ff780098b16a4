import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { type Claim, isHeld } from '../run/tasks.ts'
import type { Outcome } from './context.ts'

/** So long after its run has ended, work that is waiting for an answer goes on at most, and a moment. */
const LOOK_EVERY_MS = 2_000

/** Why work was stopped: somebody else has its claim, or its run has ended. */
const LOST = new Error('The claim is lost')

/**
 * Works at a task for as long as it is ours. A commit that is turned away tells soon enough where pages come and go; a
 * page that doesn't come, a quota slot, or a key that takes minutes to build have no commit for long, so the claim is
 * looked at meanwhile. Postgres is asked, because BullMQ's cancellation reaches one process only (taskforcesh/bullmq#3768).
 * @param quiet aborted when the process is to go; it reaches the work by the same signal
 * @returns how the work ended; `lost` however it ended after it was stopped for that
 */
export async function whileHeld(
  db: Database,
  claim: Claim,
  quiet: AbortSignal,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const stop = new AbortController()
  const done = new AbortController()
  const goQuiet = () => stop.abort(quiet.reason)
  if (quiet.aborted) goQuiet()
  quiet.addEventListener('abort', goQuiet, { once: true })
  void stopWhenLost(db, claim, stop, done.signal)
  try {
    const outcome = await work(stop.signal)
    return outcome === 'again' && isLost(stop) ? 'lost' : outcome
  } catch (error) {
    if (isLost(stop)) return 'lost'
    throw error
  } finally {
    done.abort()
    quiet.removeEventListener('abort', goQuiet)
  }
}

const isLost = ({ signal }: AbortController) => signal.aborted && signal.reason === LOST

/** Never fails: while Postgres can't be asked, nothing is known to be lost. */
async function stopWhenLost(db: Database, claim: Claim, stop: AbortController, done: AbortSignal): Promise<void> {
  while (!done.aborted && !stop.signal.aborted) {
    await Promise.allSettled([pause(LOOK_EVERY_MS, undefined, { signal: done })])
    const [held] = await Promise.allSettled([done.aborted || isHeld(db, claim)])
    if (held.status === 'fulfilled' && !held.value) stop.abort(LOST)
  }
}
