import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { errorCode, WaitError } from '../errors.ts'

/** With 200 ms the worst new reader behind a waiting DDL statement waited 240 ms (measured); people don't notice. */
const LOCK_TIMEOUT_MS = 200
const ATTEMPTS = 20
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Runs DDL in a transaction that gives up its place in the lock queue after 200 ms, and tries again a little later:
 * readers that arrive meanwhile go first.
 * @param attempts how often it is tried; 20 are about 10 s.
 * @throws WaitError 'table-locked' when none of them got through.
 */
export async function withLockTimeout<T>(
  db: Queryable,
  work: (tx: Transaction) => Promise<T>,
  attempts = ATTEMPTS,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(async (tx) => {
        await tx.execute(sql`set local lock_timeout = ${sql.raw(String(LOCK_TIMEOUT_MS))}`)
        return work(tx)
      })
    } catch (error) {
      if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error
      if (attempt === attempts) {
        throw new WaitError(
          'table-locked',
          'Somebody holds a transaction open on the tables, so they could not be changed.',
          'It is tried again by itself; end long transactions on them (see pg_stat_activity) to let it through.',
        )
      }
      await pause(200 + Math.random() * 300)
    }
  }
}
