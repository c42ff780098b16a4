import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import { nextSlot } from '../dataflow/schedule.ts'
import type { Database } from '../db/database.ts'
import { dataflows } from '../db/schema.ts'
import { requestRun } from '../run/request.ts'

/** Due dataflows taken in one transaction, so that a thousand at midnight don't hold locks for long. */
const BATCH = 50

/**
 * Requests a run for each dataflow whose slot has come, and notes its next one. Both stand or neither does, under a lock
 * on the dataflow's row that other schedulers skip: no slot is taken twice, none is missed. Slots that passed while no
 * scheduler was up are one run, not many: the next slot is counted from now.
 * @returns how many runs were requested; `BATCH` means that there may be more.
 */
export async function requestDueRuns(db: Database, now = new Date()): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select()
      .from(dataflows)
      .where(and(lte(dataflows.nextRunAt, now), isNull(dataflows.pausedAt), isNull(dataflows.removedAt)))
      .orderBy(asc(dataflows.nextRunAt))
      .limit(BATCH)
      .for('update', { skipLocked: true })
    for (const { id, schedule, timezone, nextRunAt } of due) {
      if (!schedule || !nextRunAt) continue
      await requestRun(tx, { dataflowId: id, trigger: 'schedule', requestedBy: 'schedule', slot: nextRunAt })
      await tx
        .update(dataflows)
        .set({ nextRunAt: nextSlot(schedule, timezone, now) })
        .where(eq(dataflows.id, id))
    }
    return due.length
  })
}
