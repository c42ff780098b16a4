import { sql } from 'drizzle-orm'
import type { Database, Queryable, Transaction } from '../db/database.ts'
import type { Row, TableShape } from '../db/table.ts'
import { PRIVACY_COLUMNS, PRIVACY_TABLES } from './privacyTables.ts'
import { profileTable, type TableProfile } from './profile.ts'
import { partitionOf, type StagedTable, stageRows } from './stage.ts'

/**
 * Writes down in the snapshot's privacy tables what a finished table holds. Done once, whoever comes after a publisher
 * that was killed, or was only taken for dead: all of it stands in one transaction, under a lock that the other waits
 * for.
 */
export async function catalogueTable(db: Database, target: StagedTable): Promise<void> {
  await db.transaction(async (tx) => {
    const tables = { ...target, shape: PRIVACY_TABLES }
    await tx.execute(sql`lock table ${partitionOf(tables)} in share update exclusive mode`)
    if ((await cataloguedRows(tx, target)) !== null) return
    const profile = await profileTable(tx, target)
    await insert(tx, { ...target, shape: PRIVACY_COLUMNS }, columnRows(target.shape, profile))
    await insert(tx, tables, [tableRow(target.shape, profile)])
  })
}

/** Whether the privacy tables tell of it. */
export function isCatalogued({ purpose }: TableShape): boolean {
  return purpose === 'All' || purpose === 'Privacy-Metadata'
}

/** How many rows the catalogue of a snapshot tells of a table; null while it tells nothing. */
export async function cataloguedRows(db: Queryable, target: StagedTable): Promise<number | null> {
  const [found] = await db.execute<{ rows: number }>(sql`select rows
    from ${partitionOf({ ...target, shape: PRIVACY_TABLES })} where table_name = ${target.shape.table}`)
  return found?.rows ?? null
}

/** Drops what was staged to be counted. Call it in the transaction that ends the run: a retry would want it. */
export async function dropFingerprints(tx: Transaction, target: StagedTable): Promise<void> {
  await tx.execute(sql`drop table if exists ${partitionOf(target)}`)
}

/** No fence but the lock. */
async function insert(tx: Transaction, target: StagedTable, rows: readonly Row[]): Promise<void> {
  await stageRows(tx, target, rows, [], sql`select 1`)
}

function columnRows({ table, columns }: TableShape, profile: TableProfile): Row[] {
  return columns.map(({ name, field, type, personal, treatment }, at) => ({
    table_name: table,
    column_name: name,
    source_field: field,
    type,
    personal_kind: personal ?? 'none',
    treatment: treatment ?? 'keep',
    filled: profile.columns[at]?.filled,
    distinct_values: profile.columns[at]?.distinct,
    first_change: profile.columns[at]?.firstChange,
    last_change: profile.columns[at]?.lastChange,
  }))
}

function tableRow({ table, columns, purpose }: TableShape, { rows, firstChange, lastChange }: TableProfile): Row {
  return {
    table_name: table,
    purpose,
    rows,
    columns: columns.length,
    personal_columns: columns.filter(({ personal = 'none' }) => personal !== 'none').length,
    first_change: firstChange,
    last_change: lastChange,
  }
}
