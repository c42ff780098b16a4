import { Counter, Gauge, type Registry } from 'prom-client'
import { type QuotaLook, waitingIn } from '../src/quota/look.ts'

const labelNames = ['account', 'region', 'category'] as const

/** The metrics of the quotas. @returns sets them to what was seen; a quota that is not among it is left out */
export function quotaMetrics(registry: Registry): (looks: readonly QuotaLook[]) => void {
  const describe = (name: string, help: string) => ({
    name: `poolkeeper_quota_${name}`,
    help,
    labelNames,
    registers: [registry],
  })
  const granted = new Counter(describe('granted_total', 'Requests to Cognito that were let out.'))
  const throttled = new Counter(describe('throttled_total', 'Requests that Cognito answered with too many requests.'))
  const waited = new Counter(describe('wait_seconds_total', 'How long requests waited for their turn, all together.'))
  const waiting = new Gauge(describe('waiting', 'Requests that wait for their turn.'))
  const ceiling = new Gauge(describe('ceiling', 'Requests a second that may go out now: less after throttling.'))
  const allowed = new Gauge(describe('allowed', 'Requests a second that Poolkeeper may send: its share of the quota.'))
  const all = [granted, throttled, waited, waiting, ceiling, allowed]

  return (looks) => {
    // Redis counts for the whole fleet: each time its totals stand in place of the last ones
    for (const metric of all) metric.reset()
    for (const { account, region, category, use, ...quota } of looks) {
      const labels = { account, region, category }
      allowed.set(labels, quota.allowed)
      if (!use) continue
      granted.inc(labels, use.granted)
      throttled.inc(labels, use.throttled)
      waited.inc(labels, use.waitedMs / 1_000)
      waiting.set(labels, waitingIn(use))
      ceiling.set(labels, use.ceiling)
    }
  }
}
