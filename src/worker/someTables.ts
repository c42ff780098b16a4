import { CATALOGUE } from '../cognito/catalogue.ts'
import type { PoolClient } from '../cognito/client.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { Database, Transaction } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import { GiveUpError } from '../errors.ts'
import type { Claim } from '../run/tasks.ts'
import { carryTable, isAlike } from '../snapshot/carryTable.ts'
import { type PublishedImport, publishedImport } from '../snapshot/shapes.ts'
import type { DataflowSchemas } from '../snapshot/tables.ts'
import type { WorkDataflow } from './context.ts'

/** A run that was asked for some of its dataflow's tables: it reads those, and the others keep the rows that readers see. */

/** Whose tables, of which pool. */
interface Reading {
  readonly db: Database
  readonly dataflow: DataflowSchemas & Pick<WorkDataflow, 'name'>
  readonly pool: Pick<PoolClient, 'poolId'>
}

/** What a run is going to read. */
export interface Choice {
  /** All its tables; those that it does not read are marked as carried. */
  readonly shapes: readonly TableShape[]
  /** Which it reads though nobody asked for them, for history. */
  readonly notes: readonly string[]
}

/**
 * Decides what a run reads: the tables that were asked for, and those of which readers see no rows that could stay.
 * @param asked null: all of them
 * @throws GiveUpError 'bad-configuration' when the dataflow does not import one of them any more
 */
export async function chooseTables(
  { db, dataflow, pool }: Reading,
  asked: readonly string[] | null,
  shapes: readonly TableShape[],
): Promise<Choice> {
  if (asked === null) return { shapes, notes: [] }
  refuseMissing(dataflow.name, asked, shapes)
  const standing = await publishedImport(db, dataflow.id)
  const notes: string[] = []
  const chosen = shapes.map((shape) => {
    if (shape.holds === 'catalogue' || asked.includes(shape.table)) return shape
    const reason = whyNotCarried(shape, pool.poolId, standing)
    if (reason === null) return { ...shape, carried: true as const }
    notes.push(`${shape.table} was read as well: ${reason}.`)
    return shape
  })
  return { shapes: chosen, notes }
}

function refuseMissing(name: string, asked: readonly string[], shapes: readonly TableShape[]): void {
  const missing = asked.find((table) => !shapes.some((shape) => shape.table === table))
  if (missing === undefined) return
  const message = `This run was asked to read ${missing}, which ${name} does not import any more.`
  throw new GiveUpError('bad-configuration', message, 'Request a run of other tables, or of all of them.')
}

/** Why a table can't keep the rows that readers see; null when it can. */
function whyNotCarried(shape: TableShape, poolId: string, standing: PublishedImport | null): string | null {
  if (standing === null) return 'nothing has been published yet'
  if (standing.poolId !== poolId) return 'what readers see is of another pool'
  const before = standing.tables.find(({ table }) => table === shape.table)
  if (!before) return 'readers see no rows of it yet'
  return isAlike(shape, before) ? null : 'its columns, or what is done to them, have changed since its rows were read'
}

/**
 * Gives each table that was not read the rows that readers see now, which need not be those of when the run was planned.
 * @throws GiveUpError 'changed-meanwhile' when something was published since whose rows can't stay
 */
export async function carryTables(
  tx: Transaction,
  { dataflow, pool }: Reading,
  { run }: Claim,
  shapes: readonly TableShape[],
  standing: PublishedImport | null,
): Promise<void> {
  for (const shape of shapes.filter(({ carried }) => carried)) {
    const reason = whyNotCarried(shape, pool.poolId, standing)
    if (standing === null || reason !== null) {
      const what = `While this run was under way, another import of ${dataflow.name} was published`
      const message = `${what}, and ${shape.table}, which was not read, can't keep its rows: ${reason}.`
      throw new GiveUpError('changed-meanwhile', message, 'Request the run again.')
    }
    await carryTable(tx, { dataflow, snapshotId: run.id, shape }, standing.snapshotId)
  }
}

/** What a run reads itself, by what it was planned with: the dataflow may have been edited since. */
export function tablesToRead(shapes: readonly TableShape[]): SourceTable[] {
  return shapes.filter(({ carried }) => !carried).flatMap(({ table }) => CATALOGUE.get(table) ?? [])
}
