import type { StreamSource } from '../db/schema.ts'

/** 34 full pages, or 2 s on one chain at 60 ms: below that 16 chains would cost more requests than they save time. */
const WORTH_SHARDING = 2_000

/**
 * One prefix a hex digit. Not two: in the newer subs digits 2, 4, 6 and 8 are constant per Region, so that about 240 of
 * 256 shards would come back empty.
 */
const PREFIXES = [...'0123456789abcdef']

/** The streams that read all users: one for a small pool, one for each first digit of the sub for a large one. */
export function userStreams(estimatedUsers: number): StreamSource[] {
  if (estimatedUsers < WORTH_SHARDING) return [{ source: 'users', prefix: null }]
  return PREFIXES.map((prefix) => ({ source: 'users', prefix }))
}

/**
 * The estimate is only an estimate, and people sign up and leave while a run reads. A shard that came back empty misses
 * 6.25 % of the users (1/16); 2 % and 20 users stay well below that from WORTH_SHARDING users on, where it is 125.
 */
const TOLERATED_SHARE = 0.02
const TOLERATED_USERS = 20

export interface ShardCount {
  /** Rows staged by all shards together. */
  readonly staged: number
  /** EstimatedNumberOfUsers when the run was planned, and again when the last shard had ended. */
  readonly estimatedBefore: number
  readonly estimatedAfter: number
}

/**
 * Whether the shards may be believed to have found every user. Nobody has published how faithfully Cognito filters by
 * `sub`, and AWS does not promise that subs begin with a hex digit: if they say fewer users than the pool (by the lower
 * of two estimates) counts, read it again as one stream. Finding more is no cause for doubt: doubles are removed later.
 */
export function shardsAreHonest({ staged, estimatedBefore, estimatedAfter }: ShardCount): boolean {
  const expected = Math.min(estimatedBefore, estimatedAfter)
  return staged >= expected * (1 - TOLERATED_SHARE) - TOLERATED_USERS
}
