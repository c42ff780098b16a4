import { sql } from 'drizzle-orm'
import { check, doublePrecision, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, poolkeeper } from './columns.ts'

/** In a setting: all accounts, or all categories. */
export const EVERYTHING = '*'

/** The share of a quota that may be used, where it is not the default; `*` stands for all accounts, or all categories. */
export const quotaShares = poolkeeper.table(
  'quota_shares',
  {
    accountId: text('account_id').notNull().default(EVERYTHING),
    category: text().notNull().default(EVERYTHING),
    share: doublePrecision().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.category] }),
    check('quota_shares_share', sql`${table.share} > 0 and ${table.share} <= 1`),
  ],
)

/** What AWS says that an account may ask for, by GetProvisionedLimit. */
export const quotaLimits = poolkeeper.table(
  'quota_limits',
  {
    accountId: text('account_id').notNull(),
    region: text().notNull(),
    category: text().notNull(),
    /** Requests a second; null where AWS gave no answer: then the documented default counts. */
    rate: integer(),
    readAt: instant('read_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.region, table.category] })],
)
