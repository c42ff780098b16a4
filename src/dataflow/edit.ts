import { eq, sql } from 'drizzle-orm'
import type { SealingKey } from '../config.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import type { TableShape } from '../db/table.ts'
import { AskError } from '../errors.ts'
import { commentTables } from '../snapshot/comments.ts'
import { createTables, dropView, isShown } from '../snapshot/tables.ts'
import { changeTables } from './changeTables.ts'
import { chooseTables } from './chooseTables.ts'
import { storeCredentials } from './credentials.ts'
import { type Dataflow, findDataflow, lockDataflow } from './dataflow.ts'
import { type EditInput, editInput, parseInput, regionOf } from './input.ts'
import { refuseUnacceptedCosts } from './optIn.ts'
import { nextSlot } from './schedule.ts'
import { shapesOf } from './shapes.ts'

type Patch = ReturnType<typeof editInput.parse>
type Fields = Partial<typeof dataflows.$inferInsert>

/**
 * Changes a dataflow. A run that is under way goes on as it was planned; the next one finds the change.
 *
 * - The name can't change: the schemas that people query are named after it.
 * - A table that is added has an empty view until the next run. For one that is taken out, or that is to be catalogued
 *   only, the view goes at once; its rows stay in the kept snapshots, which prune drops in time.
 * - A changed treatment applies from the next run on; kept snapshots hold what they held.
 * - Another pool takes the secret again: whoever may edit could else point it at what its owner never gave it for.
 * - A new schedule or time zone, and taking a paused one up again, count from now: missed slots are not made up for.
 * @throws AskError 'not-found', 'bad-input' with every problem at once, with costs that nobody accepted or for want of the
 *   secret, or what `changeTables` throws
 */
export async function editDataflow(
  db: Queryable,
  keys: readonly SealingKey[],
  name: string,
  patch: EditInput,
  now = new Date(),
): Promise<Dataflow> {
  const { credentials, acceptCosts = false, tables, treatments, budgets, ...changes } = parseInput(editInput, patch)
  const { paused, pauseReason, ...fields } = changes
  return changeTables(db, async (tx) => {
    const dataflow = await lockDataflow(tx, name, 'no key update')
    // The pool's id alone names the Region; the Region alone must agree with the pool that stays.
    const poolId = changes.poolId ?? dataflow.poolId
    if (poolId !== dataflow.poolId && !credentials) refuseForeignSecret(dataflow)
    const changed = tables ?? treatments ?? budgets
    const chosen = changed ? chooseTables(dataflow.tables, { tables, treatments, budgets }) : dataflow.tables
    refuseUnacceptedCosts(chosen, dataflow.tables, acceptCosts)
    parseInput(editInput, { poolId, region: changes.region, ...(changed && { tables: chosen }) })
    await tx
      .update(dataflows)
      .set({
        ...fields,
        ...(changes.poolId && { region: regionOf(poolId) }),
        ...timing(dataflow, changes, now),
        tables: chosen,
        version: sql`${dataflows.version} + 1`,
      })
      .where(eq(dataflows.id, dataflow.id))
    await changeViews(tx, dataflow, chosen)
    if (credentials) await storeCredentials(tx, keys, dataflow.id, credentials)
    return findDataflow(tx, dataflow.name)
  })
}

/** Its id names the Region as well. A role and the server's own identity have no secret that somebody gave. */
function refuseForeignSecret({ name, poolId, credentials }: Dataflow): void {
  if (credentials.kind !== 'access-key') return
  const message = `The secret of ${credentials.accessKeyId} was given for ${name} to read ${poolId}, and for no other pool.`
  const remedy = 'Give the credentials together with the new pool, even if they stay the same.'
  const problems = [{ field: 'credentials.secretAccessKey', message: `${message} ${remedy}` }]
  throw new AskError('bad-input', message, remedy, { problems })
}

/** When it runs next, and whether it is paused. */
function timing(dataflow: Dataflow, changes: Patch, now: Date): Fields {
  const { schedule = dataflow.schedule, timezone = dataflow.timezone, paused, pauseReason } = changes
  const resumed = paused === false && dataflow.pausedAt !== null
  const rescheduled = changes.schedule !== undefined || changes.timezone !== undefined
  return {
    updatedAt: now,
    ...((resumed || rescheduled) && { nextRunAt: schedule === null ? null : nextSlot(schedule, timezone, now) }),
    ...(paused === true && { pausedAt: dataflow.pausedAt ?? now, pauseReason: pauseReason ?? 'paused by hand' }),
    ...(paused === false && { pausedAt: null, pauseReason: null }),
  }
}

async function changeViews(tx: Transaction, dataflow: Dataflow, wanted: Dataflow['tables']): Promise<void> {
  const [before, after] = [dataflow.tables, wanted].map((tables) => shapesOf(tables, null).filter(isShown))
  const added = without(after, before)
  if (added.length > 0) {
    await createTables(tx, dataflow, added)
    await commentTables(tx, dataflow, added, { described: false })
  }
  for (const { table } of without(before, after)) await dropView(tx, dataflow, table)
}

function without(shapes: readonly TableShape[] = [], others: readonly TableShape[] = []): TableShape[] {
  return shapes.filter(({ table }) => !others.some((other) => other.table === table))
}
