import { Redis } from 'ioredis'
import type { Check } from './check.ts'

/** Redis: reachable, evicting nothing, writing down what it holds. INFO, because hosted servers refuse CONFIG. */
export async function checkRedis(url: string): Promise<Check[]> {
  const redis = new Redis(url, {
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    lazyConnect: true,
  })
  // Without a listener ioredis writes each error to the console; what went wrong comes out of `connect` below.
  const errors: Error[] = []
  redis.on('error', (error) => errors.push(error))
  try {
    await redis.connect()
    const info = parseInfo(await redis.info())
    return [
      { check: 'Redis', status: 'ok', detail: `version ${info.get('redis_version')}` },
      eviction(info),
      durability(info),
    ]
  } catch (error) {
    const reason = errors[0] ?? error
    const code = reason instanceof Error && 'code' in reason ? ` (${reason.code})` : ''
    const detail = `It does not answer${code}. Check REDIS_URL: host, port, password, and rediss:// where it wants TLS.`
    return [{ check: 'Redis', status: 'failed', detail }]
  } finally {
    redis.disconnect()
  }
}

function parseInfo(text: string): Map<string, string> {
  const pairs = text.split('\r\n').map((line) => line.split(':'))
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join(':')]))
}

/** Any other policy drops jobs without a word once memory runs short. */
function eviction(info: Map<string, string>): Check {
  const policy = info.get('maxmemory_policy') ?? 'unknown'
  if (policy === 'noeviction') return { check: 'Redis memory', status: 'ok', detail: 'maxmemory-policy noeviction' }
  const detail = `maxmemory-policy is ${policy}, which may drop jobs. Set it to noeviction.`
  return { check: 'Redis memory', status: info.get('maxmemory') === '0' ? 'warning' : 'failed', detail }
}

/** Nothing is lost without it, because the truth is in Postgres: the scheduler dispatches again what Redis forgot. */
function durability(info: Map<string, string>): Check {
  if (info.get('aof_enabled') === '1') return { check: 'Redis disk', status: 'ok', detail: 'appendonly yes' }
  const detail = 'appendonly is off: a crash of Redis loses no data but delays what was queued. Set appendonly yes.'
  return { check: 'Redis disk', status: 'warning', detail }
}
