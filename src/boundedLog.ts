import type { Logger } from './logger.ts'

/** One line a minute for each thing that goes wrong: Redis out of memory raised 53,000 errors in 6 s (measured). */
const QUIET_MS = 60_000

/** Says that something went wrong, unless that was said in the last minute. */
export type Complain = (error: unknown, message: string, fields?: Readonly<Record<string, unknown>>) => void

/**
 * Logs errors of things that are tried again and again, while a server is away for instance. A line tells how often the
 * same was swallowed since the last one.
 * @param level a warning where something is done about it and nobody has to act
 */
export function boundedLog(logger: Logger, level: 'warn' | 'error' = 'error'): Complain {
  const said = new Map<string, { quietUntil: number; swallowed: number }>()
  return (error, message, fields = {}) => {
    const last = said.get(message)
    if (last && Date.now() < last.quietUntil) {
      last.swallowed++
      return
    }
    logger[level]({ ...fields, err: error, ...(last?.swallowed && { repeated: last.swallowed }) }, message)
    said.set(message, { quietUntil: Date.now() + QUIET_MS, swallowed: 0 })
  }
}
