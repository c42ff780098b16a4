import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { openReader } from '../support/expected.ts'

const EVERY_MS = 5

/** Watches over how long readers wait for locks. */
export interface LockWatch {
  /** How many waits have been seen that are over. */
  over(): number
  /** Ends the watch. @returns the longest wait in ms that was seen */
  stop(): Promise<number>
}

/**
 * Asks Postgres again and again for how long somebody who is not Poolkeeper has been waiting for a lock. By its own
 * clock: a machine that is busy makes an answer late, and no reader wait.
 */
export function watchLockWaits(databaseUrl: string): LockWatch {
  const sql = openReader(databaseUrl)
  let longestMs = 0
  let over = 0
  let before: number | null = null
  let watching = true
  const watch = (async () => {
    while (watching) {
      const [waiting] = await sql<{ ms: number | null }[]>`
        select max(extract(epoch from clock_timestamp() - waitstart) * 1000)::float as ms
        from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database() and application_name not like 'poolkeeper%'`
      const now = waiting?.ms ?? null
      longestMs = Math.max(longestMs, now ?? 0)
      if (before !== null && (now === null || now < before)) over++
      before = now
      await pause(EVERY_MS)
    }
  })()
  const stop = async () => {
    watching = false
    await watch
    return longestMs
  }
  onTestFinished(() => stop().then(() => undefined))
  return { over: () => over, stop }
}
