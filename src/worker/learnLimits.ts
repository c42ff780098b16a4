import { provisionedLimits } from '../cognito/provisionedLimits.ts'
import { claimLimits, recordLimits } from '../quota/limits.ts'
import type { WorkContext } from './context.ts'

/**
 * Asks AWS what the pool's account may ask for, once an hour for all its dataflows in a Region. Workers go by the answer
 * within seconds; without one they go by what AWS documents.
 * @throws the signal's reason once it is aborted, never what AWS answers
 */
export async function learnLimits({ db, pool }: WorkContext, signal: AbortSignal): Promise<void> {
  const { account, region } = pool
  // an emulator's pool has no ARN to tell it
  if (!account) return
  const due = await claimLimits(db, { account, region })
  await recordLimits(db, { account, region }, await provisionedLimits(pool, due, signal))
}
