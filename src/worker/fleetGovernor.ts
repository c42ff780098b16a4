import type { Redis } from 'ioredis'
import { boundedLog } from '../boundedLog.ts'
import { ASSUMED_WORKERS, createGovernor, type Governor } from '../cognito/governor.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../logger.ts'
import { startLoop } from '../loop.ts'
import { watchWorkersAlive } from '../queue/workersAlive.ts'
import { createCeilings } from '../quota/ceilings.ts'

/** How soon a share that somebody sets is kept to by all. */
const CEILINGS_MS = 5_000

/** Workers come and go seldom, and each look lists all of Redis's clients. */
const WORKERS_MS = 10_000

/**
 * The governor of a worker: it goes by the ceilings that Postgres tells, and while Redis is away by the number of workers
 * that was seen last.
 * @param redis a connection that fails at once while Redis is away
 */
export function startGovernor(
  db: Database,
  redis: Redis,
  logger: Logger,
): { readonly governor: Governor; stop(): Promise<void> } {
  const ceilings = createCeilings(db)
  const alive = watchWorkersAlive(redis, ASSUMED_WORKERS)
  const loops = [
    startLoop('ceilings', CEILINGS_MS, () => ceilings.refresh(), logger),
    startLoop('workers alive', WORKERS_MS, () => alive.refresh(), logger),
  ]
  // a Redis that is slow is away and back many times a minute, and a busy machine makes it slow: imports go on
  const warn = boundedLog(logger, 'warn')
  const governor = createGovernor(redis, {
    ceilingOf: ceilings.of,
    workersAlive: alive.count,
    onAway: (error) => warn(error, 'Redis is slow or away: this worker keeps to its own slice of the quota'),
  })
  return {
    governor,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
