import { CommanderError } from 'commander'
import { PoolkeeperApiError } from '../client/errors.ts'
import { databaseTrouble } from '../db/trouble.ts'
import { type CauseCode, PoolkeeperError, WaitError } from '../errors.ts'

/** What a command's exit code tells a script. `--help` and docs/cli.md list them. */
export const EXIT = {
  done: 0,
  /** It failed, or what it did turned out otherwise than was asked for. */
  failed: 1,
  badInput: 2,
  notFound: 3,
  conflict: 4,
  forbidden: 5,
  /** A server does not answer, or has too much to do: the same command may work later. */
  away: 6,
} as const

/** What was asked for was done, and did not turn out as asked: the run failed, a permission is missing. */
export class Unsuccessful extends Error {}

const OF_CAUSE: Readonly<Partial<Record<CauseCode, number>>> = {
  'bad-configuration': EXIT.badInput,
  'bad-input': EXIT.badInput,
  'not-found': EXIT.notFound,
  conflict: EXIT.conflict,
  'changed-meanwhile': EXIT.conflict,
  unauthorized: EXIT.forbidden,
  forbidden: EXIT.forbidden,
  'too-many-requests': EXIT.away,
  'database-unavailable': EXIT.away,
  network: EXIT.away,
}

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  // of --help and --version as well, with 0
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput
  const cause = causeOf(error)
  return OF_CAUSE[cause as CauseCode] ?? (error instanceof WaitError ? EXIT.away : EXIT.failed)
}

function causeOf(error: unknown): string | undefined {
  if (error instanceof PoolkeeperApiError) return error.cause
  return (error instanceof PoolkeeperError ? error : databaseTrouble(error))?.code
}
