import { and, asc, getTableColumns, isNull, lte, sql } from 'drizzle-orm'
import { nextSlot } from '../dataflow/schedule.ts'
import type { Database, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { type RunRequest, requestRuns } from '../run/request.ts'

/** Due dataflows taken in one transaction, so that ten thousand at midnight don't hold locks for long. */
export const DUE_BATCH = 500

/**
 * Requests a run for each dataflow whose slot has come, and notes its next one. Both stand or neither does, under a lock
 * on the dataflow's row that other schedulers skip: no slot is taken twice, none is missed. Slots that passed while no
 * scheduler was up are one run, not many: the next slot is counted from now.
 * @param at default: Postgres's clock, the one that all schedulers share; a machine an hour ahead would be an hour early.
 * @returns how many runs were requested; `DUE_BATCH` means that there may be more.
 */
export async function requestDueRuns(db: Database, at?: Date): Promise<number> {
  const now = at ? sql`${at.toISOString()}::timestamptz` : sql`now()`
  return db.transaction(async (tx) => {
    const due = await tx
      .select({ ...getTableColumns(dataflows), now: sql`to_json(${now})`.mapWith((time: string) => new Date(time)) })
      .from(dataflows)
      .where(and(lte(dataflows.nextRunAt, now), isNull(dataflows.pausedAt), isNull(dataflows.removedAt)))
      .orderBy(asc(dataflows.nextRunAt))
      .limit(DUE_BATCH)
      // others may go on referring to the dataflow: its runs end, a person requests one
      .for('no key update', { skipLocked: true })
    if (due.length === 0) return 0
    await requestRuns(tx, due.flatMap(requestOf))
    await noteNextSlots(tx, due)
    return due.length
  })
}

type Due = typeof dataflows.$inferSelect & { readonly now: Date }

function requestOf({ id, nextRunAt }: Due): RunRequest[] {
  return nextRunAt ? [{ dataflowId: id, trigger: 'schedule', requestedBy: 'schedule', slot: nextRunAt }] : []
}

async function noteNextSlots(tx: Transaction, due: readonly Due[]): Promise<void> {
  const next = due.flatMap(({ id, schedule, timezone, now }) =>
    schedule ? [{ id, at: nextSlot(schedule, timezone, now) }] : [],
  )
  await tx.execute(sql`update poolkeeper.dataflows d set next_run_at = next.at
    from json_to_recordset(${JSON.stringify(next)}) as next (id bigint, at timestamptz) where d.id = next.id`)
}
