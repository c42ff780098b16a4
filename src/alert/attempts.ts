import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { webhookDeliveries, webhooks } from '../db/schema/webhooks.ts'

/** Attempts before a delivery is given up: after 21 hours. */
export const MOST_ATTEMPTS = 10

/**
 * 30 s after the first attempt, three times as long after each further one, but never longer than 6 h. A fifth more or less,
 * so that what failed together does not come back together.
 */
const WAIT = sql`least(interval '6 hours', interval '30 seconds' * power(3, attempts - 1)) * (0.8 + 0.4 * random())`

/** One attempt at a delivery, as its job names it. */
export interface Attempt {
  readonly delivery: number
  readonly attempt: number
}

/** What is to be delivered, and to whom. */
export interface Due {
  readonly delivery: typeof webhookDeliveries.$inferSelect
  readonly webhook: typeof webhooks.$inferSelect
}

/**
 * What an attempt is to deliver; undefined when that is settled, or a later attempt has taken its place. A job may be there
 * before the transaction that hands it out has ended: the lock waits for that.
 */
export async function findDue(db: Queryable, { delivery, attempt }: Attempt): Promise<Due | undefined> {
  const [due] = await db
    .select({ delivery: getTableColumns(webhookDeliveries), webhook: getTableColumns(webhooks) })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(eq(webhookDeliveries.id, delivery))
    .for('share')
  // looked at once it is locked: where the statement began, the attempt may not have been there
  return due?.delivery.attempts === attempt && due.delivery.state === 'waiting' ? due : undefined
}

/** Notes that the receiver has taken it. */
export async function settleDelivered(db: Queryable, { delivery, attempt }: Attempt, outcome: string): Promise<void> {
  await db
    .update(webhookDeliveries)
    .set({ state: 'delivered', outcome, finishedAt: sql`now()` })
    .where(and(eq(webhookDeliveries.id, delivery), eq(webhookDeliveries.attempts, attempt)))
}

/** How a failed attempt is gone on from. */
export interface Next {
  readonly state: 'waiting' | 'given-up'
  readonly dueAt: Date
}

/**
 * Notes why an attempt failed; the next one follows after a while, or none.
 * @returns undefined when a later attempt has taken its place: then it counts no more.
 */
export async function settleFailed(db: Queryable, attempt: Attempt, outcome: string): Promise<Next | undefined> {
  const [next] = await settle(db, [attempt], { outcome, dueAt: sql`now() + ${WAIT}` })
  return next
}

/** Lets those be made anew at once that came to nothing for no fault of their receivers. @returns how many there were. */
export async function settleLost(db: Queryable, attempts: readonly Attempt[]): Promise<number> {
  const outcome = 'the worker that was at it is gone, or its job is'
  return (await settle(db, attempts, { outcome, dueAt: sql`now()` })).length
}

/** What a scheduler or another worker is at is passed over: it has moved on. */
async function settle(
  db: Queryable,
  attempts: readonly Attempt[],
  { outcome, dueAt }: { readonly outcome: string; readonly dueAt: SQL },
): Promise<Next[]> {
  const settled = await db.execute<{ state: Next['state']; due_at: string }>(sql`
    update poolkeeper.webhook_deliveries w set dispatched_at = null, outcome = ${outcome}, due_at = ${dueAt},
      state = case when attempts >= ${MOST_ATTEMPTS} then 'given-up' else 'waiting' end,
      finished_at = case when attempts >= ${MOST_ATTEMPTS} then now() end
    from json_to_recordset(${JSON.stringify(attempts)}) as made (delivery bigint, attempt integer)
    where w.id = made.delivery and w.attempts = made.attempt and w.state = 'waiting' and w.dispatched_at is not null
    returning w.state, w.due_at`)
  return settled.map(({ state, due_at }) => ({ state, dueAt: new Date(due_at) }))
}
