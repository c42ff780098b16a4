import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { openReader } from '../support/expected.ts'
import { fingerprint, look, NOTHING } from '../support/fingerprint.ts'

const EVERY_MS = 10

export interface Watched {
  /** Answers that were got. */
  readonly polls: number
  /** The slowest answer. */
  readonly slowestMs: number
  /** The longest time without an answer, while Postgres was away for instance. */
  readonly longestGapMs: number
  /** The whole snapshots that were seen, in the order in which they were published. */
  readonly seen: readonly string[]
}

/** Somebody who reads the published views all the time. */
export interface Watch {
  /** The pool as it is now may be seen from now on. */
  allow(): void
  /** Looks once more and goes on. @throws AssertionError when anything but an allowed whole snapshot was seen. */
  soFar(): Promise<Watched>
  /** The same, and ends the watch. */
  stop(): Promise<Watched>
}

/** A line, or one whose pool is to be shown otherwise than it is. */
interface Watchable {
  readonly databaseUrl: string
  readonly sandbox: Parameters<typeof fingerprint>[0]
}

/**
 * Reads all published views of a dataflow every 10 ms, in one statement over a connection of its own, and holds each
 * answer against the whole snapshots that may be seen: nothing at first, then what `allow` has noted.
 * @param schema of a dataflow that imports all three tables
 */
export function watchPublished({ databaseUrl, sandbox }: Watchable, schema: string): Watch {
  const reader = openReader(databaseUrl)
  const allowed = new Set([NOTHING])
  const seen: string[] = []
  let polls = 0
  let slowestMs = 0
  let longestGapMs = 0
  let answeredAt = performance.now()

  async function poll(): Promise<void> {
    const asked = performance.now()
    const [answer] = await Promise.allSettled([look(reader, schema)])
    if (answer.status === 'rejected') return pause(EVERY_MS)
    const now = performance.now()
    polls++
    slowestMs = Math.max(slowestMs, now - asked)
    longestGapMs = Math.max(longestGapMs, now - answeredAt)
    answeredAt = now
    if (seen.at(-1) !== answer.value) seen.push(answer.value)
  }

  let watching = true
  const watch = (async () => {
    while (watching) {
      await poll()
      await pause(EVERY_MS)
    }
  })()
  onTestFinished(async () => {
    watching = false
    await watch
  })

  async function soFar(): Promise<Watched> {
    await poll()
    expect(seen.filter((one) => !allowed.has(one))).toEqual([])
    return { polls, slowestMs, longestGapMs, seen: [...seen] }
  }

  return {
    allow: () => void allowed.add(fingerprint(sandbox)),
    soFar,
    async stop() {
      watching = false
      await watch
      return soFar()
    },
  }
}
