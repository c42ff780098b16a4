import type { Redis } from 'ioredis'
import { redisInfo } from '../../queue/redisInfo.ts'
import type { Check } from './check.ts'
import { isAtLeast } from './checkNode.ts'

/** BullMQ refuses to work with an older one than the first, and is wholly compatible from the second on (its documentation). */
const OLDEST = '5.0.0'
const WHOLE = '6.2.0'

/** Redis: reachable, new enough, evicting nothing, writing down what it holds. */
export async function checkRedis(redis: Redis): Promise<Check[]> {
  const errors: Error[] = []
  redis.once('error', (error) => errors.push(error))
  try {
    await redis.connect()
    const info = await redisInfo(redis)
    return [version(info), eviction(info), durability(info)]
  } catch (error) {
    const detail = `It does not answer${reasonOf(errors[0] ?? error)}. Check REDIS_URL: host, port, password, and rediss:// where it wants TLS.`
    return [{ check: 'Redis', status: 'failed', detail }]
  }
}

/** The system's code, or Redis's own word at the beginning of what it said: NOAUTH, WRONGPASS. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const word = 'code' in error ? error.code : /^[A-Z]{4,}/.exec(error.message)?.[0]
  return word ? ` (${word})` : ''
}

function version(info: ReadonlyMap<string, string>): Check {
  const version = info.get('redis_version') ?? 'unknown'
  if (isAtLeast(version, WHOLE)) return { check: 'Redis', status: 'ok', detail: `version ${version}` }
  const detail = `Redis ${version} is too old; use ${WHOLE} or newer.`
  return { check: 'Redis', status: isAtLeast(version, OLDEST) ? 'warning' : 'failed', detail }
}

/** Any other policy drops jobs without a word once memory runs short. */
function eviction(info: ReadonlyMap<string, string>): Check {
  const policy = info.get('maxmemory_policy') ?? 'unknown'
  if (policy === 'noeviction') return { check: 'Redis memory', status: 'ok', detail: 'maxmemory-policy noeviction' }
  const detail = `maxmemory-policy is ${policy}, which may drop jobs. Set it to noeviction.`
  return { check: 'Redis memory', status: info.get('maxmemory') === '0' ? 'warning' : 'failed', detail }
}

/** Nothing is lost without it, because the truth is in Postgres: the scheduler dispatches again what Redis forgot. */
function durability(info: ReadonlyMap<string, string>): Check {
  if (info.get('aof_enabled') === '1') return { check: 'Redis disk', status: 'ok', detail: 'appendonly yes' }
  const detail = 'appendonly is off: a crash of Redis loses no data but delays what was queued. Set appendonly yes.'
  return { check: 'Redis disk', status: 'warning', detail }
}

/** Redis's clock, in ms since 1970. */
export async function redisTime(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000
}
