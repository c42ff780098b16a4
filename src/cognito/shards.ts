import type { StreamSource } from '../db/schema/tasks.ts'

/** 34 full pages, or 2 s on one chain at 60 ms: below that 16 chains would cost more requests than they save time. */
const WORTH_SHARDING = 2_000

/**
 * One prefix a hex digit. Not two: in the newer subs digits 2, 4, 6 and 8 are constant per Region, so that about 240 of
 * 256 shards would come back empty.
 */
const PREFIXES = [...'0123456789abcdef']

/** The streams that a large pool begins with: 16 requests under way fill the quota at up to 0.6 s an answer. */
const BEGUN_WITH = PREFIXES.length

/** At up to 1.2 s an answer these do. Each has up to ten pages in memory. */
export const MOST_STREAMS = 2 * BEGUN_WITH

/**
 * Requests that come by chance get into each other's way where a part of the quota is unused as well: of 27 a second, 18 waited
 * for 60 ms on average at 900 ms an answer. At 400 ms, where 16 chains fill it, they waited for 100 to 140 (measured).
 */
const HARDLY_WAITED_MS = 100

/** As few requests tell nothing about the next ones. */
const FEW_REQUESTS = 32

/**
 * How many streams under way fill the quota: as many as a pool begins with, as long as requests wait for it. Where they
 * don't, answers take so long that more have to be under way.
 */
export function streamsWanted({ requests, waitedMs }: { requests: number; waitedMs: number }): number {
  return requests > FEW_REQUESTS && waitedMs / requests < HARDLY_WAITED_MS ? MOST_STREAMS : BEGUN_WITH
}

/** The streams that read all users: one for a small pool, one for each first digit of the sub for a large one. */
export function userStreams(estimatedUsers: number): StreamSource[] {
  if (estimatedUsers < WORTH_SHARDING) return [{ source: 'users', prefix: null }]
  return PREFIXES.map((prefix) => ({ source: 'users', prefix }))
}

/** What people see of a stream: a few digits of a sub, and nothing that anybody typed. */
export function streamLabel({ source, prefix }: StreamSource): string {
  return prefix ? `${source} · ${prefix}` : source
}

/**
 * The estimate is only an estimate, and people sign up and leave while a run reads. A shard that came back empty misses
 * 6.25 % of the users (1/16); 2 % and 20 users stay well below that from WORTH_SHARDING users on, where it is 125.
 */
const TOLERATED_SHARE = 0.02
const TOLERATED_USERS = 20

export interface UsersFound {
  /** Users that the shards have brought together. */
  readonly byShards: number
  /** Users that one stream without a filter has brought; null while the pool was not read so. */
  readonly asOneStream: number | null
  /** Of these, users that could not become rows. */
  readonly keptAside: number
  /** The lower of EstimatedNumberOfUsers when the run was planned, and when its last stream had ended. */
  readonly estimated: number
}

/**
 * Whether the shards may have missed somebody, so that the pool is to be read once more as one stream. Nobody has
 * published how faithfully Cognito filters by `sub`, and AWS does not promise that subs begin with a hex digit. Finding
 * more than the estimate is no cause for doubt: doubles are removed later.
 */
export function shardsFallShort({ byShards, asOneStream, estimated }: Omit<UsersFound, 'keptAside'>): boolean {
  return asOneStream === null && fallsShort(byShards, estimated)
}

/**
 * Looks at what was read in the end, however it was read: whether users seem to be missing even so, or the one stream
 * found fewer than the shards, so that neither can be believed.
 * @param rows the users without doubles, as they would be published
 * @returns what disagrees, in words for history; null when nothing does.
 */
export function disagreement({ byShards, asOneStream, keptAside, estimated }: UsersFound, rows: number): string | null {
  const different = rows + keptAside
  const oneStreamFellShort = asOneStream !== null && fallsShort(asOneStream, byShards)
  if (!oneStreamFellShort && !fallsShort(different, estimated)) return null
  const again = asOneStream === null ? '' : ` one stream of all users ${counted(asOneStream)},`
  return `The users don't add up: Cognito counts about ${counted(estimated)}, the shards brought ${counted(byShards)},${again} which makes ${counted(different)} different ones.`
}

function fallsShort(found: number, expected: number): boolean {
  return found < expected * (1 - TOLERATED_SHARE) - TOLERATED_USERS
}

const counted = (count: number) => count.toLocaleString('en')
