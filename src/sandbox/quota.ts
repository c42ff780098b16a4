import { rateExceeded } from './errors.ts'

/** Requests/s of one account and Region, over all its pools (AWS, "Quotas in Amazon Cognito"). */
const CATEGORIES = {
  UserList: 30,
  UserRead: 120,
  UserResourceRead: 50,
  UserPoolRead: 15,
  UserPoolResourceRead: 20,
  UserPoolClientRead: 15,
} as const

export type Category = keyof typeof CATEGORIES

const isCategory = (name: string): name is Category => Object.hasOwn(CATEGORIES, name)

/** Operations of these categories are also held to 5 requests/s each on one pool. */
const HELD_PER_POOL: readonly Category[] = ['UserPoolResourceRead', 'UserPoolClientRead']
const PER_OPERATION_AND_POOL = 5

/** A token bucket that holds one second's worth: a client that keeps to the rate is never throttled, a burst soon is. */
class Bucket {
  #tokens: number
  #filledAt = performance.now()

  constructor(rate: number) {
    this.#tokens = capacityAt(rate)
  }

  /** Fills up to now. The rate may differ from call to call. */
  fill(rate: number): this {
    const now = performance.now()
    this.#tokens = Math.min(capacityAt(rate), this.#tokens + ((now - this.#filledAt) / 1_000) * rate)
    this.#filledAt = now
    return this
  }

  get holdsOne(): boolean {
    return this.#tokens >= 1
  }

  takeOne(): void {
    this.#tokens--
  }
}

/** One second's worth, but never less than one request, or a rate below 1/s would let nothing through. */
const capacityAt = (rate: number) => Math.max(rate, 1)

/** The request quotas of every account and Region in the sandbox. */
export class Quota {
  /** All quotas times this. 1 is AWS; 1,000 is as good as none. */
  multiplier: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(multiplier: number) {
    this.multiplier = multiplier
  }

  /** Requests/s of a category in an account and Region, undefined for one that is not known; and what they are on AWS. */
  limitsOf(category: string): { provisioned: number; free: number } | undefined {
    if (!isCategory(category)) return undefined
    const free = CATEGORIES[category]
    return { provisioned: Math.floor(free * this.multiplier), free }
  }

  /** Takes one request from the quota of its category. @throws ServiceError TooManyRequestsException. */
  charge(category: Category, accountId: string, region: string, operation: string, poolId: string): void {
    const buckets = [this.#bucket(`${accountId} ${region} ${category}`, CATEGORIES[category])]
    if (HELD_PER_POOL.includes(category)) {
      buckets.push(this.#bucket(`${accountId} ${poolId} ${operation}`, PER_OPERATION_AND_POOL))
    }
    if (!buckets.every((bucket) => bucket.holdsOne)) throw rateExceeded()
    for (const bucket of buckets) bucket.takeOne()
  }

  #bucket(name: string, requestsPerSecond: number): Bucket {
    const rate = requestsPerSecond * this.multiplier
    const bucket = this.#buckets.get(name) ?? new Bucket(rate)
    this.#buckets.set(name, bucket)
    return bucket.fill(rate)
  }
}
