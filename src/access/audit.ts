import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { audit } from '../db/schema/access.ts'
import { dataflows } from '../db/schema/dataflows.ts'
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

/** An entry as it is read. */
export interface AuditRecord extends Omit<typeof audit.$inferSelect, 'tokenId' | 'dataflowId'> {
  readonly token: number | null
  /** Its name, after it was removed as well. */
  readonly dataflow: string | null
}

export interface AuditQuery {
  /** The name of a dataflow, in any case; all that ever had it are meant. */
  readonly dataflow?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  /** Entries before this one only. */
  readonly before?: number | undefined
  readonly limit: number
}

/** What was done, newest first. */
export function listAudit(db: Queryable, query: AuditQuery): Promise<AuditRecord[]> {
  return db
    .select({
      ...{ id: audit.id, at: audit.at, actor: audit.actor, via: audit.via, token: audit.tokenId },
      ...{ action: audit.action, dataflow: dataflows.name, target: audit.target, origin: audit.origin },
      ...{ requestId: audit.requestId, details: audit.details },
    })
    .from(audit)
    .leftJoin(dataflows, eq(dataflows.id, audit.dataflowId))
    .where(and(...conditions(query)))
    .orderBy(desc(audit.id))
    .limit(query.limit)
}

function conditions({ dataflow, actor, action, since, until, before }: AuditQuery): (SQL | undefined)[] {
  return [
    dataflow === undefined ? undefined : eq(sql`lower(${dataflows.name})`, dataflow.toLowerCase()),
    actor === undefined ? undefined : eq(audit.actor, actor),
    action === undefined ? undefined : eq(audit.action, action),
    since && gte(audit.at, since),
    until && lt(audit.at, until),
    before === undefined ? undefined : lt(audit.id, before),
  ]
}
