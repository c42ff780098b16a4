import type { Database } from '../../../src/db/database.ts'
import { runTables } from '../../../src/db/schema/runs.ts'
import { snapshots } from '../../../src/db/schema/snapshots.ts'
import type { Column, Row, TableShape } from '../../../src/db/table.ts'
import { finishTable } from '../../../src/snapshot/finish.ts'
import { movePointer, publishedSnapshot } from '../../../src/snapshot/pointer.ts'
import { createStaging } from '../../../src/snapshot/stage.ts'
import { createTables } from '../../../src/snapshot/tables.ts'
import { aBareDataflow, type TestDataflow } from '../../support/dataflows.ts'
import { stage } from '../../support/imports.ts'
import { aRun } from '../../support/runs.ts'

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  ...{ name, type, comment: `The ${name}` },
  ...more,
})

/** People of whom some columns tell something, with a column of every type. */
export const PEOPLE: TableShape = {
  table: 'users',
  comment: 'The users of the pool',
  purpose: 'All',
  columns: [
    column('sub', 'text', { personal: 'identifier', field: 'sub' }),
    column('email', 'text', { personal: 'contact', field: 'email' }),
    column('phone_number', 'text', { personal: 'contact', treatment: 'hash' }),
    column('status', 'text', { personal: 'none' }),
    column('enabled', 'boolean', { personal: 'none' }),
    column('logins', 'bigint', { personal: 'none' }),
    column('score', 'numeric', { personal: 'none' }),
    column('created_at', 'timestamptz', { personal: 'behaviour' }),
    column('identities', 'jsonb', { personal: 'identifier' }),
  ],
  key: ['sub'],
}

/** A dataflow with one table, which is empty until something is published. */
export async function aDataflowWith(db: Database, name: string, shape: TableShape): Promise<TestDataflow> {
  return db.transaction(async (tx) => {
    const dataflow = await aBareDataflow(tx, { name, tables: [{ source: 'users', purpose: 'All' }] })
    await createTables(tx, dataflow, [shape])
    return dataflow
  })
}

/** An import of these rows that readers see. */
export async function publishRows(
  db: Database,
  dataflow: TestDataflow,
  shape: TableShape,
  rows: readonly Row[],
): Promise<number> {
  const run = await aRun(db, dataflow, 'succeeded')
  await db.insert(snapshots).values({ id: run, dataflowId: dataflow.id, tables: [shape], state: 'kept' })
  await createStaging(db, dataflow, run, [shape])
  await stage(db, dataflow, run, shape, rows)
  await finishTable(db, { dataflow, snapshotId: run, shape })
  await db.insert(runTables).values({ runId: run, table: shape.table, rows: rows.length })
  const from = await publishedSnapshot(db, dataflow.id)
  await movePointer(db, { dataflowId: dataflow.id, from, to: run, reason: 'publish', by: 'ada' })
  return run
}
