import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { WaitError } from '../errors.ts'
import { closeDatabase, type Database } from './database.ts'

/** How often it is asked whether the server is still at work. */
const LOOK_EVERY_MS = 2_500

/** Without a sign of work for this long, the answer is taken to be lost. */
const PATIENCE_MS = 12_000

/** Silence of the socket says nothing while a key over a hundred million rows is being built. */
const LONGEST_STATEMENT_MS = 3_600_000

export interface OwnConnection {
  readonly name: string
  readonly signal: AbortSignal
  readonly onWork?: () => Promise<unknown>
}

/**
 * Runs statements that may take minutes, such as building a key, on a connection of their own. Silence can't tell a long
 * statement from a half-open connection; so another connection asks the server whether it is still working at it. Once
 * it is not, or `signal` aborts, the backend is ended, with its locks, and the work is abandoned.
 * @param name what it is for, as pg_stat_activity shows it; short, without anything that people typed.
 * @param onWork told every few seconds that the server is at work: not that it waits for somebody else's lock.
 * @throws WaitError 'database-unavailable' when the answer was lost; the signal's reason once it is aborted.
 */
export async function onOwnConnection<T>(
  db: Database,
  { name, signal, onWork }: OwnConnection,
  work: (own: Database) => Promise<T>,
): Promise<T> {
  const unique = `${name} ${randomUUID().slice(0, 8)}`
  const own = db.openAnother({ name: unique, max: 2, patienceMs: LONGEST_STATEMENT_MS })
  const done = new AbortController()
  try {
    return await Promise.race([
      work(own),
      standWatch(db, { name: `poolkeeper ${unique}`, signal, onWork }, done.signal),
    ])
  } finally {
    done.abort()
    await closeDatabase(own, 0)
  }
}

/** Never resolves; rejects when the work is to be abandoned, or is done. */
async function standWatch(db: Database, watched: OwnConnection, done: AbortSignal): Promise<never> {
  const { name, signal } = watched
  try {
    return await waitForSilence(db, { ...watched, signal: AbortSignal.any([signal, done]) })
  } catch (error) {
    if (!done.aborted) await Promise.allSettled([endBackend(db, name)])
    signal.throwIfAborted()
    throw error
  }
}

async function waitForSilence(db: Database, { name, signal, onWork }: OwnConnection): Promise<never> {
  let last: string | undefined
  let workedAt = performance.now()
  while (performance.now() - workedAt < PATIENCE_MS) {
    await pause(LOOK_EVERY_MS, undefined, { signal })
    const sign = await signOfWork(db, name)
    if (sign === 'active' || sign === 'waiting' || sign !== last) workedAt = performance.now()
    if (sign === 'active') await Promise.allSettled([onWork?.()])
    last = sign
  }
  throw new WaitError(
    'database-unavailable',
    'The connection to Postgres was lost in the middle of a long statement.',
    'It is tried again by itself.',
  )
}

/**
 * `active`, `waiting` for somebody's lock, or when it last changed its state; the same as before when the server can't be
 * asked either.
 */
async function signOfWork(db: Database, backend: string): Promise<string | undefined> {
  const [answer] = await Promise.allSettled([
    db.execute<{ sign: string }>(sql`
      select case when bool_or(state = 'active' and wait_event_type is distinct from 'Lock') then 'active'
        when bool_or(state = 'active') then 'waiting' else max(state_change)::text end as sign
      from pg_stat_activity where application_name = ${backend}`),
  ])
  return answer.status === 'fulfilled' ? answer.value[0]?.sign : undefined
}

async function endBackend(db: Database, backend: string): Promise<void> {
  await db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${backend}`)
}
