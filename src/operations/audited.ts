import { type AuditEntry, recordAudit } from '../access/audit.ts'
import type { Transaction } from '../db/database.ts'
import type { OperationContext } from './context.ts'

/**
 * Changes something and writes down who did, in one transaction: what stands in the audit log was done, and the other way round.
 * @param entry what is written down; a function of what came of it, where that names it, or undefined where nothing was done
 */
export function audited<T>(
  { db, caller }: OperationContext,
  entry: AuditEntry | ((changed: T) => AuditEntry | undefined),
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const changed = await change(tx)
    const done = typeof entry === 'function' ? entry(changed) : entry
    if (done) await recordAudit(tx, caller, done)
    return changed
  })
}
