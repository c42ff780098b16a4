import { TransactionRollbackError } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database.ts'
import { type Claim, stillHolds } from '../run/tasks.ts'

/**
 * Does something in a transaction that commits only if the claim holds at its end. It may take minutes, and nobody else
 * waits for the task meanwhile.
 * @returns false when the claim was lost; nothing was changed then
 */
export async function fenced(
  db: Database,
  claim: Claim,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<boolean> {
  try {
    await db.transaction(async (tx) => {
      await work(tx)
      if (!(await stillHolds(tx, claim))) tx.rollback()
    })
    return true
  } catch (error) {
    if (error instanceof TransactionRollbackError) return false
    throw error
  }
}
