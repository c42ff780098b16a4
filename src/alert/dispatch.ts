import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { deliveryJobId, LIVE_STATES, type WebhookQueue } from '../queue/queues.ts'
import { withinTimeout } from '../withinTimeout.ts'
import { type Attempt, settleLost } from './attempts.ts'

/** Deliveries handed to Redis in one round. */
export const DELIVERY_BATCH = 200

/** More than are out at one time, unless there are hundreds of webhooks. */
const RECONCILED_AT_ONCE = 1_000

/** Of one webhook at one time: a receiver that answers nothing for 10 s each must leave places to others. */
const LIVE_PER_WEBHOOK = 4

/** As `dispatchTasks`'s. */
const REDIS_TIMEOUT_MS = 5_000

interface Dispatched extends Attempt, Record<string, unknown> {
  readonly webhook: number
  readonly event: string
}

/**
 * Puts a job on BullMQ for each delivery that is due, the way `dispatchTasks` does: rows are locked while Redis is asked and
 * marked only once it has answered.
 * @returns how many jobs were added; `DELIVERY_BATCH` means that there may be more.
 */
export async function dispatchDeliveries(db: Database, queue: WebhookQueue): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await tx.execute<Dispatched>(sql`
      with due as materialized (
        select next.id from poolkeeper.webhooks h cross join lateral (
          select id from poolkeeper.webhook_deliveries
          where webhook_id = h.id and state = 'waiting' and dispatched_at is null and due_at <= now()
          order by id limit (select greatest(0, ${LIVE_PER_WEBHOOK} - count(*)) from poolkeeper.webhook_deliveries
            where webhook_id = h.id and state = 'waiting' and dispatched_at is not null)
          for update skip locked) next
        limit ${DELIVERY_BATCH}
      )
      update poolkeeper.webhook_deliveries w set dispatched_at = now(), attempts = w.attempts + 1
      from due where w.id = due.id
      returning w.id as delivery, w.attempts as attempt, w.webhook_id as webhook, w.event`)
    if (due.length > 0) await withinTimeout(REDIS_TIMEOUT_MS, queue.addBulk(due.map(toJob)))
    return due.length
  })
}

function toJob({ delivery, attempt, webhook, event }: Dispatched) {
  return {
    name: `webhook ${webhook} · ${event}`,
    data: { v: 1 as const, delivery, attempt },
    opts: { jobId: deliveryJobId({ delivery, attempt }) },
  }
}

/**
 * Finds attempts whose job is gone (Redis was flushed, or the job failed before it could say so) and lets them be made anew.
 * A receiver may hear of the same delivery twice then, and never not at all.
 * @returns how many were set free.
 */
export async function reconcileDeliveries(db: Database, queue: WebhookQueue): Promise<number> {
  // a job that was added a moment ago may be between two states
  const dispatched = await db.execute<Attempt & Record<string, unknown>>(sql`
    select id as delivery, attempts as attempt from poolkeeper.webhook_deliveries
    where state = 'waiting' and dispatched_at < now() - interval '3 seconds' order by id limit ${RECONCILED_AT_ONCE}`)
  const states = await Promise.all(dispatched.map((attempt) => queue.getJobState(deliveryJobId(attempt))))
  const lost = dispatched.filter((_, at) => !LIVE_STATES.has(states[at] ?? 'unknown'))
  return lost.length === 0 ? 0 : settleLost(db, lost)
}
