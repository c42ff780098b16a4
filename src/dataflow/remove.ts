import { and, eq, inArray } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { credentials, dataflows } from '../db/schema/dataflows.ts'
import { runs } from '../db/schema/runs.ts'
import { published, snapshots } from '../db/schema/snapshots.ts'
import { alerts } from '../db/schema/webhooks.ts'
import { endRun } from '../run/end.ts'
import { statesBefore } from '../run/states.ts'
import { dropTables } from '../snapshot/tables.ts'
import { changeTables } from './changeTables.ts'
import { type Dataflow, lockDataflow } from './dataflow.ts'
import { removeReaders } from './readers.ts'

/**
 * Removes a dataflow for good: its tables, views, schemas, secrets and the roles that read it. Its history stays. A run that is under way, or
 * held, ends as cancelled with the cause 'removed'.
 * @param by who asked, for history
 * @throws AskError 'not-found', or what `changeTables` throws; nothing was changed then
 */
export async function removeDataflow(db: Queryable, name: string, by: string): Promise<void> {
  await changeTables(db, async (tx) => {
    // First, because everybody locks in the order dataflow, run, task; from here on no run of it can be requested.
    const dataflow = await lockDataflow(tx, name, 'update')
    await endOpenRuns(tx, dataflow, by)
    await removeReaders(tx, dataflow)
    await dropTables(tx, dataflow)
    await tx.delete(published).where(eq(published.dataflowId, dataflow.id))
    await tx.update(snapshots).set({ state: 'dropped', places: {} }).where(eq(snapshots.dataflowId, dataflow.id))
    await tx.delete(alerts).where(eq(alerts.subject, String(dataflow.id)))
    await tx.delete(credentials).where(eq(credentials.dataflowId, dataflow.id))
    await tx.update(dataflows).set({ removedAt: new Date() }).where(eq(dataflows.id, dataflow.id))
  })
}

async function endOpenRuns(tx: Transaction, { id }: Dataflow, by: string): Promise<void> {
  const open = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.dataflowId, id), inArray(runs.state, statesBefore('cancelled'))))
    .for('update')
  for (const run of open) {
    await endRun(tx, run.id, {
      to: 'cancelled',
      cause: 'removed',
      description: `The dataflow was removed by ${by} before the run had ended.`,
    })
  }
}
