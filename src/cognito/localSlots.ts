/** A rate that a request has to keep. */
export interface Limit {
  readonly key: string
  /** Requests a second that may go out. */
  readonly allowed: number
}

/**
 * Requests that may go out at once after a pause. Spread slots fill a quota that is counted by the second without
 * tripping it; a burst of a second's worth, twice in a row, would.
 */
export const BURST = 2

/**
 * The slots of one process alone: GCRA (generic cell rate algorithm) on its own steady clock. It keeps one number for each
 * key, the moment at which its next slot is due, so it stays small.
 */
export class LocalSlots {
  readonly #due = new Map<string, number>()

  /** Reserves the next slot. @returns the ms to wait for it; null, and nothing is reserved, when that is longer than `patienceMs`. */
  reserve({ key, allowed }: Limit, patienceMs: number): number | null {
    const intervalMs = 1000 / allowed
    const now = performance.now()
    const due = this.#due.get(key) ?? 0
    const start = Math.max(now, due - intervalMs * (BURST - 1))
    if (start - now > patienceMs) return null
    this.#due.set(key, Math.max(due, start) + intervalMs)
    return start - now
  }
}
