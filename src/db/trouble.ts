import { errorCode, GiveUpError, type PoolkeeperError, WaitError } from '../errors.ts'

/** What passes by itself: the server is away, starting, stopping, out of connections, or chose us in a deadlock. */
const PASSING = new Set([
  '57P01', // admin_shutdown: a backend was terminated
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: it is starting up
  '53300', // too_many_connections
  '25P03', // idle_in_transaction_session_timeout: this process had been frozen
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: whoever holds it may be cut off, and is thrown out soon
  // postgres.js's own
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  // the system's
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

const DISK_FULL = '53100'

/**
 * Tells trouble that Postgres is in from a statement that is wrong: what passes by itself is waited out. A full disk is
 * not, because waiting would keep it full: the rows of the run that ends are dropped, and make room for everybody else's.
 * @returns undefined when the error says nothing about how Postgres fares.
 */
export function databaseTrouble(error: unknown): PoolkeeperError | undefined {
  const code = errorCode(error)
  if (code === DISK_FULL) {
    return new GiveUpError(
      'database-full',
      "Postgres's disk is full.",
      'Free some space, then retry the run; what is published is untouched.',
      { cause: error },
    )
  }
  if (!code || !(PASSING.has(code) || code.startsWith('08'))) return undefined
  return new WaitError(
    'database-unavailable',
    `Postgres could not be reached, or ended the connection (${code}).`,
    'Work goes on by itself when it is back; see its log if it was not you who restarted it.',
    { cause: error },
  )
}
