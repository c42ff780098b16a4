import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { sessions, tokens } from '../db/schema/access.ts'
import type { Grants } from './caller.ts'
import { hashOf, newSecret } from './secret.ts'
import { isAlive } from './token.ts'

/** A working day and a bit; then a fresh link is due. */
export const SESSION_HOURS = 12

/** Somebody who is signed in. */
export interface Session extends Grants {
  readonly person: string
  /** The token that it was opened with; null where somebody signed in otherwise. */
  readonly tokenId: number | null
  readonly expiresAt: Date
}

/** A session just begun: `id` is the secret for their cookie; the database knows its hash only. */
export interface OpenedSession extends Session {
  readonly id: string
}

const SHOWN = {
  person: sessions.person,
  role: sessions.role,
  personal: sessions.personal,
  dataflows: sessions.dataflows,
  tokenId: sessions.tokenId,
  expiresAt: sessions.expiresAt,
}

/** Begins a session of `SESSION_HOURS`, by the database's clock, and clears away the expired ones. */
export async function createSession(db: Queryable, who: Omit<Session, 'expiresAt'>): Promise<OpenedSession> {
  const id = newSecret()
  await db.delete(sessions).where(sql`${sessions.expiresAt} <= now()`)
  const [created] = await db
    .insert(sessions)
    .values({ ...who, hash: hashOf(id), expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})` })
    .returning(SHOWN)
  if (!created) throw new TypeError('an insert of one session returned no row')
  return { ...created, id }
}

/** The session with this id, if it runs: neither expired nor ended, and the token that opened it is alive. */
export async function findSession(db: Queryable, id: string): Promise<Session | undefined> {
  const [found] = await db
    .select(SHOWN)
    .from(sessions)
    .leftJoin(tokens, eq(tokens.id, sessions.tokenId))
    .where(
      and(
        eq(sessions.hash, hashOf(id)),
        eq(sessions.ended, false),
        gt(sessions.expiresAt, sql`now()`),
        or(isNull(sessions.tokenId), isAlive),
      ),
    )
  return found
}

/** Ends a session: its cookie opens nothing any more, wherever it was copied to. */
export async function endSession(db: Queryable, id: string): Promise<void> {
  await db
    .update(sessions)
    .set({ ended: true })
    .where(eq(sessions.hash, hashOf(id)))
}
