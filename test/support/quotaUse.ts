import type { Redis } from 'ioredis'
import { quotaKey } from '../../src/cognito/governor.ts'
import { QuotaLine } from '../../src/cognito/quotaLine.ts'
import type { Quota } from '../../src/cognito/quotas.ts'

/**
 * So many requests of a run ask for slots of a quota that gives out 10 a second: the first few get one, the others stay in
 * line for a second and a half. Each says that it has waited for 1.5 s.
 */
export async function askForSlots(redis: Redis, quota: Quota, run: number, requests: number): Promise<void> {
  const line = new QuotaLine(redis)
  const asking = { limit: limitOf(quota), sharer: { name: String(run), weight: 4 }, progress: 0 }
  for (let n = 0; n < requests; n++) await line.ask({ ...asking, id: '', waitedMs: 1_500, patienceMs: 60_000 })
}

/** Cognito throttles a request of a quota, as it does with whoever comes too fast. */
export async function throttle(redis: Redis, quota: Quota): Promise<void> {
  await new QuotaLine(redis).slowDown(limitOf(quota))
}

function limitOf(quota: Quota) {
  return { key: quotaKey(quota), allowed: 10 }
}
