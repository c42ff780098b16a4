import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { tokens } from '../db/schema/access.ts'
import { AskError } from '../errors.ts'
import type { Grants } from './caller.ts'
import { hashOf, newSecret } from './secret.ts'

/** Tells what it is to whoever finds one, scanners for leaked secrets among them. */
const PREFIX = 'pk_'

/** `pk_` and the first four characters: 24 of 160 bits. */
const HINT_CHARACTERS = PREFIX.length + 4

/** A token as it may be shown. */
export interface Token extends Grants {
  readonly id: number
  readonly name: string
  readonly hint: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface NewToken extends Grants {
  readonly name: string
  readonly createdBy: string
  readonly expiresAt: Date | null
}

/** All but the hash. */
const SHOWN = {
  id: tokens.id,
  name: tokens.name,
  hint: tokens.hint,
  role: tokens.role,
  personal: tokens.personal,
  dataflows: tokens.dataflows,
  createdBy: tokens.createdBy,
  createdAt: tokens.createdAt,
  expiresAt: tokens.expiresAt,
  lastUsedAt: tokens.lastUsedAt,
  revokedAt: tokens.revokedAt,
}

/** Makes a token. @returns what is kept of it, and the secret, which is kept nowhere */
export async function createToken(db: Queryable, wanted: NewToken): Promise<Token & { readonly secret: string }> {
  const secret = `${PREFIX}${newSecret()}`
  const row = { ...wanted, hash: hashOf(secret), hint: secret.slice(0, HINT_CHARACTERS) }
  const [created] = await db.insert(tokens).values(row).returning(SHOWN)
  if (!created) throw new TypeError('an insert of one token returned no row')
  return { ...created, secret }
}

/** Every token, the newest first; revoked and expired ones as well, because the audit log names them. */
export function listTokens(db: Queryable): Promise<Token[]> {
  return db.select(SHOWN).from(tokens).orderBy(desc(tokens.id))
}

/** Neither revoked nor expired, by the database's clock. */
export const isAlive = and(isNull(tokens.revokedAt), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, sql`now()`)))

/**
 * The token with this secret, if it is alive, and notes that it was used. Finding a hash in an index takes as long for a
 * near miss as for any other: there is no comparison to be timed.
 */
export async function findToken(db: Queryable, secret: string): Promise<Token | undefined> {
  const [token] = await db
    .select(SHOWN)
    .from(tokens)
    .where(and(eq(tokens.hash, hashOf(secret)), isAlive))
  if (token) await noteUse(db, token.id)
  return token
}

/** Once a minute: a token that is used a hundred times a second is not written as often. */
async function noteUse(db: Queryable, id: number): Promise<void> {
  await db
    .update(tokens)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(eq(tokens.id, id), or(isNull(tokens.lastUsedAt), sql`${tokens.lastUsedAt} < now() - interval '1 minute'`)),
    )
}

/** Takes a token back; sessions that were opened with it end as well. @throws AskError 'not-found' */
export async function revokeToken(db: Queryable, id: number): Promise<Token> {
  const [revoked] = await db
    .update(tokens)
    .set({ revokedAt: sql`coalesce(${tokens.revokedAt}, now())` })
    .where(eq(tokens.id, id))
    .returning(SHOWN)
  if (revoked) return revoked
  throw new AskError('not-found', `There is no token ${id}.`, 'See `poolkeeper token list`.')
}
