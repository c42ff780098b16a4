import type { Queryable, Transaction } from '../db/database.ts'
import { AskError, errorCode, WaitError } from '../errors.ts'
import { withLockTimeout } from '../snapshot/locks.ts'

const DEPENDENT_OBJECTS_STILL_EXIST = '2BP01'

/**
 * Runs a change of a dataflow that also changes its schemas, in one transaction that never waits long behind a reader.
 * @throws AskError 'table-locked' when somebody keeps the tables in use for about 10 s
 * @throws AskError 'conflict' when something of somebody else's depends on what would be dropped, naming it
 */
export async function changeTables<T>(db: Queryable, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await withLockTimeout(db, work)
  } catch (error) {
    if (error instanceof WaitError) {
      throw new AskError(
        'table-locked',
        'The tables of the dataflow are in use, so nothing was changed.',
        'Try again, or end the long transactions on them (see pg_stat_activity).',
        { cause: error },
      )
    }
    if (errorCode(error) === DEPENDENT_OBJECTS_STILL_EXIST) {
      throw new AskError(
        'conflict',
        `Nothing was changed, because other objects depend on the dataflow's: ${dependents(error)}.`,
        'Drop or change those first.',
        { cause: error },
      )
    }
    throw error
  }
}

/** Postgres's detail, a line for each object ("view report.daily depends on view customerpool.users"). */
function dependents(error: unknown): string {
  if (!(error instanceof Error)) return 'unnamed'
  if ('detail' in error && typeof error.detail === 'string') return error.detail.split('\n').slice(0, 5).join(', ')
  return dependents(error.cause)
}
