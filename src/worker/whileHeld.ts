import type { Claim } from '../run/tasks.ts'
import type { ClaimWatch } from './claimWatch.ts'
import type { Outcome } from './context.ts'

/** Why work was stopped: somebody else has its claim, or its run has ended. */
const LOST = new Error('The claim is lost')

/**
 * Works at a task for as long as it is ours. A commit that is turned away tells soon enough where pages come and go; a
 * page that doesn't come, a quota slot, or a key that takes minutes to build have no commit for long, so the claim is
 * looked at meanwhile.
 * @param quiet aborted when the process is to go; it reaches the work by the same signal
 * @returns how the work ended; `lost` however it ended after it was stopped for that
 */
export async function whileHeld(
  claims: ClaimWatch,
  claim: Claim,
  quiet: AbortSignal,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const stop = new AbortController()
  const goQuiet = () => stop.abort(quiet.reason)
  if (quiet.aborted) goQuiet()
  quiet.addEventListener('abort', goQuiet, { once: true })
  const unwatch = claims.watch(claim, () => stop.abort(LOST))
  try {
    const outcome = await work(stop.signal)
    return outcome === 'again' && isLost(stop) ? 'lost' : outcome
  } catch (error) {
    if (isLost(stop)) return 'lost'
    throw error
  } finally {
    unwatch()
    quiet.removeEventListener('abort', goQuiet)
  }
}

const isLost = ({ signal }: AbortController) => signal.aborted && signal.reason === LOST
