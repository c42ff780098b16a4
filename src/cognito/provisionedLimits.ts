import { GetProvisionedLimitCommand } from '@aws-sdk/client-cognito-identity-provider'
import { GiveUpError, PoolkeeperError } from '../errors.ts'
import type { PoolClient } from './client.ts'
import type { QuotaCategory } from './quotas.ts'

/** A plan waits for the answers: six take 2.8 s at 400 ms each. */
const PATIENCE_MS = 5_000

/**
 * Asks AWS for the rates that it grants the pool's account. Nothing depends on an answer: the permission is optional,
 * the operation is of 2026, and whether it knows the categories of reading is unconfirmed.
 * @returns requests a second by category; null where AWS gives no answer; without those that it could not be asked for
 *   now, in time or at all
 * @throws the signal's reason once it is aborted
 */
export async function provisionedLimits(
  pool: PoolClient,
  categories: readonly QuotaCategory[],
  signal: AbortSignal,
): Promise<ReadonlyMap<QuotaCategory, number | null>> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  const answers = new Map<QuotaCategory, number | null>()
  try {
    for (const category of categories) answers.set(category, await provisionedLimit(pool, category, inTime))
  } catch (error) {
    signal.throwIfAborted()
    // Who may not ask for one may not ask for any: one refusal an hour in the account's CloudTrail is enough.
    if (error instanceof GiveUpError) return new Map(categories.map((category) => [category, null]))
    if (!(error instanceof PoolkeeperError || inTime.aborted)) throw error
  }
  return answers
}

async function provisionedLimit(
  { send }: PoolClient,
  category: QuotaCategory,
  signal: AbortSignal,
): Promise<number | null> {
  const LimitDefinition = { LimitClass: 'API_CATEGORY', Attributes: { Category: category } } as const
  try {
    const { Limit } = await send(new GetProvisionedLimitCommand({ LimitDefinition }), signal)
    const rate = Limit?.ProvisionedLimitValue ?? 0
    return rate >= 1 ? rate : null
  } catch (error) {
    // a category that it does not know
    if (error instanceof GiveUpError && error.code === 'request-refused') return null
    throw error
  }
}
