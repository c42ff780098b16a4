import { z } from 'zod'
import { type Input, poolNamedIn } from './parameters.ts'
import { hash, Random } from './random.ts'

/** A fault, as code and the control door give it. Without `count` it stays until it is taken away. */
export const faultSchema = z.strictObject({
  kind: z.enum([
    'throttle', // TooManyRequestsException, whatever the quota
    'error500', // InternalErrorException
    'html503', // a load balancer's page instead of JSON
    'reset', // the connection is cut before an answer
    'slow', // the answer comes `ms` later
    'loopingToken', // each listing gives its first `cycle` tokens again and again
    'expiredTokens', // no token is good any more
    'filterRefused', // InvalidParameterException for every Filter
    'losingFilter', // a Filter whose value starts with `prefix` finds nobody, silently
    'losingList', // ListUsers lists nobody whose sub starts with `prefix`, with a Filter or without, silently
    'poolDeleted', // the pool is gone
  ]),
  /** Only requests of this operation. */
  operation: z.string().optional(),
  /** Only requests for this pool. */
  poolId: z.string().optional(),
  /** For the next so many requests that it fits. */
  count: z.int().positive().optional(),
  /** For each request that it fits, with this probability. */
  probability: z.number().min(0).max(1).default(1),
  ms: z.number().nonnegative().default(1_000),
  cycle: z.int().positive().default(1),
  prefix: z.string().default(''),
})

export type Fault = z.input<typeof faultSchema>
type ActiveFault = z.output<typeof faultSchema>
export type FaultKind = Fault['kind']

/** What decides whether a fault fits a request. */
export interface Target {
  readonly operation: string
  readonly input: Input
}

/** The faults that strike one request. */
export type Strikes = ReadonlyMap<FaultKind, ActiveFault>

/** Faults on demand. */
export class Faults {
  readonly #random: Random
  readonly #active = new Map<ActiveFault, { left: number }>()

  constructor(seed: number) {
    this.#random = new Random(hash(seed, 'faults'))
  }

  /** Turns a fault on. @returns what turns it off again. @throws ZodError if it is no fault. */
  add(fault: Fault): () => void {
    const active = faultSchema.parse(fault)
    this.#active.set(active, { left: active.count ?? Number.POSITIVE_INFINITY })
    return () => {
      this.#active.delete(active)
    }
  }

  clear(): void {
    this.#active.clear()
  }

  list(): (ActiveFault & { left: number | null })[] {
    return Array.from(this.#active, ([fault, { left }]) => ({ ...fault, left: Number.isFinite(left) ? left : null }))
  }

  /** The faults that strike this request; each counts it as one of its own. */
  strike(target: Target): Strikes {
    const strikes = new Map<FaultKind, ActiveFault>()
    for (const [fault, state] of this.#active) {
      if (!fits(fault, target) || !this.#random.chance(fault.probability)) continue
      strikes.set(fault.kind, fault)
      if (--state.left === 0) this.#active.delete(fault)
    }
    return strikes
  }
}

function fits(fault: ActiveFault, { operation, input }: Target): boolean {
  if (fault.operation !== undefined && fault.operation !== operation) return false
  if (fault.poolId !== undefined && fault.poolId !== poolNamedIn(input)) return false
  switch (fault.kind) {
    case 'expiredTokens':
      return input.PaginationToken !== undefined || input.NextToken !== undefined
    case 'filterRefused':
    case 'losingFilter':
      return typeof input.Filter === 'string' && input.Filter !== ''
    case 'poolDeleted':
      return poolNamedIn(input) !== undefined
    default:
      return true
  }
}
