import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Database, Queryable } from '../db/database.ts'
import { webhookDeliveries } from '../db/schema/webhooks.ts'

type Row = typeof webhookDeliveries.$inferSelect

/** Something that is told to a webhook, and how far that got. */
export type Delivery = Omit<Row, 'webhookId' | 'payload' | 'dispatchedAt'> & Pick<Row['payload'], 'dataflow' | 'run'>

const SHOWN = {
  id: webhookDeliveries.id,
  event: webhookDeliveries.event,
  dataflow: sql<string | null>`${webhookDeliveries.payload}->>'dataflow'`,
  run: sql<number | null>`(${webhookDeliveries.payload}->>'run')::bigint`,
  state: webhookDeliveries.state,
  attempts: webhookDeliveries.attempts,
  dueAt: webhookDeliveries.dueAt,
  outcome: webhookDeliveries.outcome,
  createdAt: webhookDeliveries.createdAt,
  finishedAt: webhookDeliveries.finishedAt,
}

/** The deliveries of a webhook, newest first. @param before of those with a lower id only */
export function listDeliveries(
  db: Queryable,
  webhookId: number,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<Delivery[]> {
  const older = before === undefined ? undefined : lt(webhookDeliveries.id, before)
  return db
    .select(SHOWN)
    .from(webhookDeliveries)
    .where(and(eq(webhookDeliveries.webhookId, webhookId), older))
    .orderBy(desc(webhookDeliveries.id))
    .limit(limit)
}

/** Something to try a webhook out with. It goes the way of all others. */
export async function requestTest(db: Queryable, webhookId: number, by: string): Promise<Delivery> {
  const description = `${by} tries this webhook out. Nothing to do.`
  const payload = { dataflow: null, run: null, cause: null, description, quota: null }
  const [requested] = await db.insert(webhookDeliveries).values({ webhookId, event: 'test', payload }).returning(SHOWN)
  if (!requested) throw new TypeError('an insert of one delivery returned no row')
  return requested
}

/** Forgets what was settled more than a month ago. @returns how many deliveries went. */
export async function pruneDeliveries(db: Database): Promise<number> {
  const pruned = await db.execute(sql`delete from poolkeeper.webhook_deliveries where id in (
      select id from poolkeeper.webhook_deliveries where finished_at < now() - interval '30 days' limit 10000)
    returning id`)
  return pruned.length
}
