import { describeFailure } from '../failure.ts'

/** What the doctor found in one place, and what to do about it. */
export interface Check {
  readonly check: string
  /** `warning`: it works, and could be better. */
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** Runs a check whose failure is a finding as well. */
export async function checked(check: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    return [{ check, status: 'failed', detail: describeFailure(error) }]
  }
}
