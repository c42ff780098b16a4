import { describeFailure } from '../failure.ts'

/** What the doctor found in one place, and what to do about it. */
export interface Check {
  readonly check: string
  /** `warning`: it works, and could be better. */
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** A server that accepts connections and then says nothing must not keep the doctor. */
const PATIENCE_MS = 8_000

const SILENCE = 'See whether it hangs, and what stands between it and here.'

/**
 * Runs a check whose failure is a finding as well, and so is that it takes too long.
 * @param silence what to do when it does
 */
export async function checked(
  check: string,
  look: (signal: AbortSignal) => Promise<Check[]>,
  { patienceMs = PATIENCE_MS, silence = SILENCE } = {},
): Promise<Check[]> {
  const givenUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<Check[]>((resolve) => {
    const detail = `No answer within ${patienceMs / 1_000} s. ${silence}`
    timer = setTimeout(() => resolve([{ check, status: 'failed', detail }]), patienceMs)
  })
  try {
    return await Promise.race([look(givenUp.signal), tooLong])
  } catch (error) {
    return [{ check, status: 'failed', detail: describeFailure(error) }]
  } finally {
    clearTimeout(timer)
    givenUp.abort()
  }
}

/** Whether one of the named checks failed. */
export function hasFailed(checks: readonly Check[], ...names: readonly string[]): boolean {
  return checks.some(({ check, status }) => status === 'failed' && names.includes(check))
}
