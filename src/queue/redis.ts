import { Redis } from 'ioredis'
import type { Logger } from '../logger.ts'

/** One line a minute while Redis is away: out of memory it raised 53,000 error events in 6 s (measured). */
const LOG_EVERY_MS = 60_000

/**
 * Opens a connection to Redis that outlives Redis: it reconnects for ever, notices a half-open socket within
 * `socketTimeout` (15 s recovered in 17 s where `keepAlive` and `commandTimeout` took over 110 s, measured), and logs
 * errors at a bounded rate.
 * @param blocking for BullMQ workers, whose commands wait; a producer's fail at once while Redis is away instead.
 */
export function openRedis(url: string, logger: Logger, { blocking }: { blocking: boolean }): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: blocking ? null : 1,
    enableOfflineQueue: blocking,
    socketTimeout: 15_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  let quietUntil = 0
  redis.on('error', (error) => {
    if (Date.now() < quietUntil) return
    quietUntil = Date.now() + LOG_EVERY_MS
    logger.error({ err: error }, 'Redis is not answering; nothing is lost, work goes on when it is back')
  })
  return redis
}
