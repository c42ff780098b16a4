import { and, eq, gt, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { signInLinks } from '../db/schema/access.ts'
import { EVERYTHING_GRANTED } from './caller.ts'
import { hashOf, newSecret } from './secret.ts'
import { createSession, type OpenedSession } from './session.ts'

/** Long enough to switch windows, short enough that a link in a terminal's scrollback is worthless tomorrow. */
export const LINK_MINUTES = 15

/**
 * Makes a link that signs one person into the dashboard, once, within `LINK_MINUTES`, for everything: whoever makes one may
 * run commands on the database itself.
 * @param person whom it signs in, as history and the audit log will call them
 * @param baseUrl where the dashboard answers, such as `http://127.0.0.1:7300`
 * @returns the whole link; its token is kept nowhere, the database holds its hash
 */
export async function createSignInLink(db: Queryable, person: string, baseUrl: string): Promise<string> {
  const token = newSecret()
  await db.delete(signInLinks).where(sql`${signInLinks.expiresAt} <= now()`)
  await db
    .insert(signInLinks)
    .values({ person, hash: hashOf(token), expiresAt: sql`now() + make_interval(mins => ${LINK_MINUTES})` })
  const link = new URL('/sign-in', baseUrl)
  link.searchParams.set('token', token)
  return link.href
}

/**
 * Turns a link's token into a session. The delete decides who was first: of two requests with one token, one gets a
 * session and the other nothing. Call it in a transaction: then a link is used up only together with the session that it
 * opened.
 * @returns undefined when the token is unknown, used or expired
 */
export async function redeemSignInLink(tx: Queryable, token: string): Promise<OpenedSession | undefined> {
  const [link] = await tx
    .delete(signInLinks)
    .where(and(eq(signInLinks.hash, hashOf(token)), gt(signInLinks.expiresAt, sql`now()`)))
    .returning({ person: signInLinks.person })
  return link && createSession(tx, { ...link, ...EVERYTHING_GRANTED, tokenId: null })
}
