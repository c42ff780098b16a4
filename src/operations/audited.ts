import { type AuditEntry, recordAudit } from '../access/audit.ts'
import type { Transaction } from '../db/database.ts'
import type { OperationContext } from './context.ts'

/**
 * Changes something and writes down who did, in one transaction: what stands in the audit log was done, and the other way round.
 * @param entry what is written down; a function of what came of it, where that names it
 */
export function audited<T>(
  { db, caller }: OperationContext,
  entry: AuditEntry | ((changed: T) => AuditEntry),
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const changed = await change(tx)
    await recordAudit(tx, caller, typeof entry === 'function' ? entry(changed) : entry)
    return changed
  })
}
