import { and, eq, gt, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { sessions } from '../db/schema/access.ts'
import { hashOf, newSecret } from './secret.ts'

/** A working day and a bit; then a fresh link is due. */
export const SESSION_HOURS = 12

/** Somebody who signed in. `id` is the secret in their cookie; the database knows its hash only. */
export interface Session {
  readonly id: string
  readonly expiresAt: Date
}

/** Begins a session of `SESSION_HOURS`, by the database's clock, and clears away the expired ones. */
export async function createSession(db: Queryable): Promise<Session> {
  const id = newSecret()
  await db.delete(sessions).where(sql`${sessions.expiresAt} <= now()`)
  const [created] = await db
    .insert(sessions)
    .values({ hash: hashOf(id), expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})` })
    .returning({ expiresAt: sessions.expiresAt })
  if (!created) throw new TypeError('an insert of one session returned no row')
  return { id, expiresAt: created.expiresAt }
}

/** The session with this id, if it runs: neither expired nor ended. */
export async function findSession(db: Queryable, id: string): Promise<Session | undefined> {
  const [found] = await db
    .select({ expiresAt: sessions.expiresAt })
    .from(sessions)
    .where(and(eq(sessions.hash, hashOf(id)), eq(sessions.ended, false), gt(sessions.expiresAt, sql`now()`)))
  return found && { id, expiresAt: found.expiresAt }
}

/** Ends a session: its cookie opens nothing any more, wherever it was copied to. */
export async function endSession(db: Queryable, id: string): Promise<void> {
  await db
    .update(sessions)
    .set({ ended: true })
    .where(eq(sessions.hash, hashOf(id)))
}
