import { Redis } from 'ioredis'
import { boundedLog } from '../boundedLog.ts'
import type { Logger } from '../logger.ts'

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
  const complain = boundedLog(logger)
  redis.on('error', (error) => complain(error, 'Redis is not answering; nothing is lost, work goes on when it is back'))
  return redis
}

/** A connection that is given up at the first trouble. */
export function openProbe(url: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    lazyConnect: true,
  })
  // Without a listener ioredis writes each error to the console; what went wrong comes out of `connect`.
  return redis.on('error', () => undefined)
}
