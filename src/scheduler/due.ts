import { and, asc, eq, getTableColumns, isNull, lte, sql } from 'drizzle-orm'
import { nextSlot } from '../dataflow/schedule.ts'
import type { Database, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema.ts'
import { requestRun } from '../run/request.ts'

/** Due dataflows taken in one transaction, so that a thousand at midnight don't hold locks for long. */
const BATCH = 50

/**
 * Requests a run for each dataflow whose slot has come, and notes its next one. Both stand or neither does, under a lock
 * on the dataflow's row that other schedulers skip: no slot is taken twice, none is missed. Slots that passed while no
 * scheduler was up are one run, not many: the next slot is counted from now.
 * @param at default: Postgres's clock, the one that all schedulers share; a machine an hour ahead would be an hour early.
 * @returns how many runs were requested; `BATCH` means that there may be more.
 */
export async function requestDueRuns(db: Database, at?: Date): Promise<number> {
  const now = at ? sql`${at.toISOString()}::timestamptz` : sql`now()`
  return db.transaction(async (tx) => {
    const due = await tx
      .select({ ...getTableColumns(dataflows), now: sql`to_json(${now})`.mapWith((time: string) => new Date(time)) })
      .from(dataflows)
      .where(and(lte(dataflows.nextRunAt, now), isNull(dataflows.pausedAt), isNull(dataflows.removedAt)))
      .orderBy(asc(dataflows.nextRunAt))
      .limit(BATCH)
      .for('update', { skipLocked: true })
    for (const dataflow of due) await requestDueRun(tx, dataflow)
    return due.length
  })
}

type Due = typeof dataflows.$inferSelect & { readonly now: Date }

async function requestDueRun(tx: Transaction, { id, schedule, timezone, nextRunAt, now }: Due): Promise<void> {
  if (!schedule || !nextRunAt) return
  await requestRun(tx, { dataflowId: id, trigger: 'schedule', requestedBy: 'schedule', slot: nextRunAt })
  await tx
    .update(dataflows)
    .set({ nextRunAt: nextSlot(schedule, timezone, now) })
    .where(eq(dataflows.id, id))
}
