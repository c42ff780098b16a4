import type { Queryable } from '../db/database.ts'
import { audit } from '../db/schema/access.ts'
import type { Caller } from './caller.ts'

/** What is written down of something that was done. */
export interface AuditEntry {
  /** An operation's name, or `sign-in`. */
  readonly action: string
  readonly dataflow?: { readonly id: number; readonly name: string }
  /** What it was done to, where that is no dataflow, or not only: `run 12`, `token 3`. */
  readonly target?: string
  /** Which settings, how many rows. Neither a secret nor anybody's value. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Writes down who did what. Call it in the transaction that does it: both are there, or neither. */
export async function recordAudit(
  db: Queryable,
  { name, via, tokenId, origin, requestId }: Caller,
  { action, dataflow, target, details = {} }: AuditEntry,
): Promise<void> {
  const what = { action, dataflowId: dataflow?.id, target: target ?? dataflow?.name, details }
  await db.insert(audit).values({ actor: name, via, tokenId, origin, requestId, ...what })
}
