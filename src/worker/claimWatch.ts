import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { type Claim, heldAmong } from '../run/tasks.ts'

/** So long after its run has ended, work that is waiting for an answer goes on at most, and a moment. */
const LOOK_EVERY_MS = 2_000

/** Looks whether a worker's claims still hold. */
export interface ClaimWatch {
  /**
   * Tells once when a claim is lost, within about 2 s.
   * @returns what ends the watch over it
   */
  watch(claim: Claim, onLost: () => void): () => void
  /** How many claims are watched. */
  count(): number
}

/**
 * Watches all claims of a worker by one statement each 2 s: for one each, 64 streams took 1 % of a core here and as much of
 * Postgres. Postgres is asked, because BullMQ's cancellation reaches one process only (taskforcesh/bullmq#3768).
 */
export function watchClaims(db: Database): ClaimWatch {
  const watched = new Map<Claim, () => void>()
  let looking = false

  async function lookWhileAnyIsWatched(): Promise<void> {
    looking = true
    while (watched.size > 0) {
      await pause(LOOK_EVERY_MS, undefined, { ref: false })
      await look()
    }
    looking = false
  }

  /** Never fails: while Postgres can't be asked, nothing is known to be lost. */
  async function look(): Promise<void> {
    const claims = [...watched.keys()]
    const [held] = await Promise.allSettled([heldAmong(db, claims)])
    if (held.status === 'rejected') return
    for (const claim of claims) {
      if (held.value.has(claim)) continue
      watched.get(claim)?.()
      watched.delete(claim)
    }
  }

  return {
    watch(claim, onLost) {
      watched.set(claim, onLost)
      if (!looking) void lookWhileAnyIsWatched()
      return () => void watched.delete(claim)
    },
    count: () => watched.size,
  }
}
