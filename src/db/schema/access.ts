import { boolean, text } from 'drizzle-orm/pg-core'
import { instant, poolkeeper } from './columns.ts'

/** One-time links into the dashboard. Only a hash is kept: reading this table signs nobody in. */
export const signInLinks = poolkeeper.table('sign_in_links', {
  hash: text().primaryKey(),
  expiresAt: instant('expires_at').notNull(),
})

export const sessions = poolkeeper.table('sessions', {
  hash: text().primaryKey(),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  ended: boolean().notNull().default(false),
})
