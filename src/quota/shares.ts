import { and, asc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { QUOTA_CATEGORIES } from '../cognito/quotas.ts'
import { closest } from '../dataflow/closest.ts'
import { parseInput } from '../dataflow/input.ts'
import type { Queryable } from '../db/database.ts'
import { EVERYTHING, quotaShares } from '../db/schema/quotas.ts'
import { AskError } from '../errors.ts'

/** What a share is set for: an account, a category, both or, left out, all of them. */
export interface ShareScope {
  readonly account?: string | undefined
  readonly category?: string | undefined
}

/** A share as it was set; `*` stands for all. */
export interface Share {
  readonly account: string
  readonly category: string
  readonly share: number
}

function unknownCategory(name: string): string {
  const meant = closest(name, QUOTA_CATEGORIES)
  return `there is no category ${name}; ${meant ? `did you mean ${meant}?` : `choose among ${QUOTA_CATEGORIES.join(', ')}`}`
}

const scope = z.strictObject({
  account: z
    .string()
    .regex(/^(?:\d{12}|\*)$/, 'the account must be the 12 digits of an AWS account id, or * for all')
    .default(EVERYTHING),
  category: z
    .enum([...QUOTA_CATEGORIES, EVERYTHING], { error: ({ input }) => unknownCategory(String(input)) })
    .default(EVERYTHING),
})

const OUT_OF_BOUNDS = 'the share must be a number above 0 and at most 1, such as 0.5 for half of what AWS allows'

const setting = scope.extend({ share: z.number(OUT_OF_BOUNDS).gt(0, OUT_OF_BOUNDS).max(1, OUT_OF_BOUNDS) })

/**
 * Sets the share of a quota that the fleet may use. Workers keep to it within seconds.
 * @throws AskError 'bad-input' with every problem at once
 */
export async function setShare(db: Queryable, input: ShareScope & { readonly share: number }): Promise<Share> {
  const { account, category, share } = parseInput(setting, input)
  await db
    .insert(quotaShares)
    .values({ accountId: account, category, share })
    .onConflictDoUpdate({ target: [quotaShares.accountId, quotaShares.category], set: { share } })
  return { account, category, share }
}

/**
 * Takes a share back: what was set more widely holds again, or else the default.
 * @throws AskError 'bad-input', or 'not-found' when none is set for exactly this
 */
export async function unsetShare(db: Queryable, input: ShareScope): Promise<Share> {
  const { account, category } = parseInput(scope, input)
  const [removed] = await db
    .delete(quotaShares)
    .where(and(eq(quotaShares.accountId, account), eq(quotaShares.category, category)))
    .returning({ share: quotaShares.share })
  if (removed) return { account, category, ...removed }
  throw new AskError(
    'not-found',
    `No share is set for ${describeScope({ account, category })}.`,
    'See `poolkeeper quota`.',
  )
}

/** The shares that are set. */
export function listShares(db: Queryable): Promise<Share[]> {
  return db
    .select({ account: quotaShares.accountId, category: quotaShares.category, share: quotaShares.share })
    .from(quotaShares)
    .orderBy(asc(quotaShares.accountId), asc(quotaShares.category))
}

/** "UserList in account 123456789012", "every category in every account". */
export function describeScope({ account, category }: Omit<Share, 'share'>): string {
  const what = category === EVERYTHING ? 'every category' : category
  return account === EVERYTHING ? `${what} in every account` : `${what} in account ${account}`
}
