import type { Database, Transaction } from '../db/database.ts'
import { type AuditEntry, recordAudit } from './audit.ts'
import type { Caller } from './caller.ts'
import { createSession, endSession, type OpenedSession, type Session } from './session.ts'
import { findToken } from './token.ts'

/** Where somebody signs in from, and the session that their browser still has. */
export interface SignInRequest extends Pick<Caller, 'origin' | 'requestId'> {
  readonly earlier: string | undefined
}

/**
 * Opens a session, always a new one, ends the one before it in the same browser, and writes down who signed in: all of it or
 * nothing. A session id that somebody planted there beforehand opens nothing.
 * @param how what is written down of it
 * @param open undefined from it: whoever asks is not let in, and nothing changes
 */
export function signIn(
  db: Database,
  { earlier, ...where }: SignInRequest,
  how: { readonly with: 'link' | 'token' | 'OpenID Connect' } & AuditEntry['details'],
  open: (tx: Transaction) => Promise<OpenedSession | undefined>,
): Promise<OpenedSession | undefined> {
  return db.transaction(async (tx) => {
    const session = await open(tx)
    if (!session) return undefined
    if (earlier !== undefined) await endSession(tx, earlier)
    await recordAudit(tx, callerIn(session, where), { action: 'sign-in', details: how })
    return session
  })
}

/** A session with what its token may do, that ends when the token does. @returns undefined when the token is not alive */
export async function openWithToken(tx: Transaction, secret: string): Promise<OpenedSession | undefined> {
  const token = await findToken(tx, secret)
  if (!token) return undefined
  const { id: tokenId, name: person, role, personal, dataflows } = token
  return createSession(tx, { person, tokenId, role, personal, dataflows })
}

/** Ends a session and writes down that its holder signed out. */
export function signOut(db: Database, id: string, caller: Caller): Promise<void> {
  return db.transaction(async (tx) => {
    await endSession(tx, id)
    await recordAudit(tx, caller, { action: 'sign-out' })
  })
}

function callerIn(
  { person: name, role, personal, dataflows, tokenId }: Session,
  where: Pick<Caller, 'origin' | 'requestId'>,
): Caller {
  return { name, role, personal, dataflows, tokenId, via: 'session', ...where }
}
