import type { Churn } from './churn.ts'
import type { Faults } from './faults.ts'
import type { Pager } from './paging.ts'
import type { Pool } from './pool.ts'
import type { Principals } from './principals.ts'
import type { Quota } from './quota.ts'
import type { Random } from './random.ts'

/** What has been asked of the sandbox since it started. */
export interface RequestCounts {
  total: number
  /** How many of them were answered TooManyRequestsException. */
  throttled: number
  readonly operations: Record<string, number>
}

/** All there is in the sandbox: what AWS is to a real client. */
export interface Cloud {
  readonly pools: Map<string, Pool>
  readonly principals: Principals
  readonly quota: Quota
  readonly faults: Faults
  readonly pager: Pager
  readonly churn: Churn
  readonly requests: RequestCounts
  /** What a program gets credentials from on a machine of AWS's; no session in the sandbox lasts longer than its. */
  readonly machine: { readonly roleArn: string; readonly sessionSeconds: number }
  /** The subs of those whom AdminGetUser was asked for: each is a monthly active user now, and billed as one. */
  readonly billedUsers: Set<string>
  /** How long an answer takes: half to one and a half times this. */
  readonly latency: { meanMs: number; readonly random: Random }
}
