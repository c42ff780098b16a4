import type { QuotaCategory } from './quotas.ts'

/** One request that wants to go out. */
export interface Slot {
  readonly region: string
  /** The AWS account id, or the pool's id until the account is known. */
  readonly accountOrPool: string
  readonly category: QuotaCategory
  readonly operation: string
  readonly poolId: string
}

/** Hands out the slots of a quota that the whole fleet shares. */
export interface Governor {
  /**
   * Resolves when this request may go out.
   * @throws the signal's reason once it is aborted.
   */
  take(slot: Slot, signal?: AbortSignal): Promise<void>
}
