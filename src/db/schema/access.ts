import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, jsonb, text } from 'drizzle-orm/pg-core'
import type { Role } from '../role.ts'
import { identity, instant, poolkeeper } from './columns.ts'

/** What a token, a session or a sign-in link lets its holder do. */
const grants = () => ({
  role: text().$type<Role>().notNull(),
  /** Whether personal values are shown as they are; otherwise they are masked. */
  personal: boolean().notNull(),
  /** The ids of the dataflows that it is for; null: all of them, those that are yet to be made as well. */
  dataflows: jsonb().$type<readonly number[]>(),
})

/** For programs, and for people who sign in with one. Only a hash is kept: reading this table opens nothing. */
export const tokens = poolkeeper.table(
  'tokens',
  {
    id: identity(),
    name: text().notNull(),
    hash: text().notNull().unique(),
    /** Its first characters, to tell it from others by. */
    hint: text().notNull(),
    ...grants(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at'),
    /** To within a minute. */
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [check('tokens_role', sql`${table.role} in ('viewer', 'operator', 'admin')`)],
)

/** One-time links into the dashboard. Only a hash is kept: reading this table signs nobody in. */
export const signInLinks = poolkeeper.table('sign_in_links', {
  hash: text().primaryKey(),
  /** Who made it, and so whom it signs in. */
  person: text().notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export const sessions = poolkeeper.table(
  'sessions',
  {
    hash: text().primaryKey(),
    person: text().notNull(),
    ...grants(),
    /** The token that it was opened with: it ends when that is revoked or expires. */
    tokenId: bigint('token_id', { mode: 'number' }).references(() => tokens.id),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    ended: boolean().notNull().default(false),
  },
  (table) => [check('sessions_role', sql`${table.role} in ('viewer', 'operator', 'admin')`)],
)

/** Sign-ins that are under way at the OpenID provider. The browser holds the id whose hash this is, in a cookie. */
export const oidcSignIns = poolkeeper.table('oidc_sign_ins', {
  hash: text().primaryKey(),
  codeVerifier: text('code_verifier').notNull(),
  nonce: text().notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** Who did what, when and from where: every change, sign-in, export and look at personal data. Rows are only added. */
export const audit = poolkeeper.table(
  'audit',
  {
    id: identity(),
    at: instant('at').notNull().defaultNow(),
    /** A token's name, a person, a user of the machine. */
    actor: text().notNull(),
    via: text().$type<'token' | 'session' | 'command' | 'queue'>().notNull(),
    tokenId: bigint('token_id', { mode: 'number' }),
    /** What was done: an operation's name, or `sign-in`. */
    action: text().notNull(),
    dataflowId: bigint('dataflow_id', { mode: 'number' }),
    /** What it was done to, as people name it: a dataflow, `run 12`, `token 3`. */
    target: text(),
    /** The address that the request came from, or the host on which the command ran. */
    origin: text().notNull(),
    requestId: text('request_id'),
    /** Which settings, how many rows. Neither a secret nor anybody's value. */
    details: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  },
  (table) => [index('audit_by_dataflow').on(table.dataflowId, table.id)],
)
