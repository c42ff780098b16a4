import type { Database } from '../db/database.ts'
import type { RunProgress } from './progress.ts'

/** How fast a run goes. */
export interface Pace {
  readonly rowsPerSecond: number
  readonly usersPerSecond: number
  /** Requests for users. */
  readonly requestsPerSecond: number
}

/** What has been read at a moment. */
interface Look {
  readonly atMs: number
  readonly rows: number
  readonly users: number
  readonly requests: number
}

/** Over so long: a page that looks every 2 s shows a pace that neither jumps nor lags. */
const WINDOW_MS = 10_000

const LOOKS = new WeakMap<Database, Map<number, readonly Look[]>>()

/**
 * How fast a run has gone in the last seconds, by what this process has seen of it. At the first look it is what it has
 * come to since its start.
 * @param secondsSinceStart null where that would mislead: rows of another run were copied
 */
export function paceOf(db: Database, progress: RunProgress, secondsSinceStart: number | null): Pace | null {
  const now = lookAt(progress)
  const [first] = remember(db, progress.run, now)
  if (first && now.atMs - first.atMs > 1_000) return between(first, now)
  if (secondsSinceStart === null || secondsSinceStart < 1) return null
  return between({ atMs: now.atMs - secondsSinceStart * 1_000, rows: 0, users: 0, requests: 0 }, now)
}

function lookAt({ tables }: RunProgress): Look {
  const users = tables.find(({ table }) => table === 'users')
  const rows = tables.reduce((total, table) => total + table.rows, 0)
  return { atMs: performance.now(), rows, users: users?.rows ?? 0, requests: users?.requests ?? 0 }
}

/** The looks of the last seconds, the first one first. What nobody looks at any more is forgotten. */
function remember(db: Database, run: number, now: Look): readonly Look[] {
  const ofDatabase = LOOKS.get(db) ?? new Map<number, readonly Look[]>()
  LOOKS.set(db, ofDatabase)
  const isFresh = ({ atMs }: Look) => now.atMs - atMs < WINDOW_MS
  for (const [other, looks] of ofDatabase) if (!looks.some(isFresh)) ofDatabase.delete(other)
  const looks = [...(ofDatabase.get(run) ?? []).filter(isFresh), now]
  ofDatabase.set(run, looks)
  return looks
}

/** A table that is read again from its beginning goes back in rows: that is no pace below nothing. */
function between(first: Look, now: Look): Pace {
  const perSecond = (what: 'rows' | 'users' | 'requests') =>
    (Math.max(0, now[what] - first[what]) * 1_000) / (now.atMs - first.atMs)
  return {
    rowsPerSecond: perSecond('rows'),
    usersPerSecond: perSecond('users'),
    requestsPerSecond: perSecond('requests'),
  }
}
