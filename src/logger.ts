import { type Logger, pino } from 'pino'
import { safeError } from './errors.ts'

export type { Logger }

/**
 * A structured logger to stderr (stdout belongs to `--json`). Errors pass through `safeError`, so that nothing a user
 * typed into Cognito can reach a log; log objects hold ids, counts and causes only.
 * @param name which process speaks: scheduler, worker, dashboard, …
 */
export function createLogger(name: string, level: string): Logger {
  return pino(
    { name, level, serializers: { err: safeError, error: safeError } },
    pino.destination({ fd: 2, sync: false }),
  )
}
