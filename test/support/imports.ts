import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'
import { runTables } from '../../src/db/schema/runs.ts'
import type { Row, TableShape } from '../../src/db/table.ts'
import { endRun } from '../../src/run/end.ts'
import { compareTable } from '../../src/snapshot/compare.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import { movePointer, publishedSnapshot } from '../../src/snapshot/pointer.ts'
import { stageRows } from '../../src/snapshot/stage.ts'
import { REJECTED_ROWS } from '../../src/snapshot/tables.ts'
import { MEMBERS, type TestDataflow, USERS } from './dataflows.ts'
import { aStreamingRun, readToTheEnd } from './runs.ts'

/** What an import brings. */
export interface Rows {
  readonly users?: readonly Row[]
  readonly members?: readonly Row[]
}

/** Lets everything through. */
const OPEN_FENCE = sql`select 1`

/** Users who differ in their sub alone. */
export function people(...subs: string[]): Row[] {
  return subs.map((sub) => ({ sub }))
}

/** Stages rows of a run without a claim. */
export async function stage(
  db: Database,
  dataflow: TestDataflow,
  snapshotId: number,
  shape: TableShape,
  rows: readonly Row[],
): Promise<void> {
  await stageRows(db, { dataflow, snapshotId, shape }, rows, [], OPEN_FENCE)
}

/** An import that wants nothing but a publish: its rows are staged, its tables finished. Its run is publishing. */
export async function aFinishedImport(
  db: Database,
  dataflow: TestDataflow,
  { users = [], members = [] }: Rows = {},
): Promise<number> {
  const run = await aStreamingRun(db, dataflow)
  await stage(db, dataflow, run, USERS, users)
  await stage(db, dataflow, run, MEMBERS, members)
  await readToTheEnd(db, run)
  for (const shape of [USERS, MEMBERS, REJECTED_ROWS]) await finishTable(db, { dataflow, snapshotId: run, shape })
  return run
}

/** An import that readers see. */
export async function aPublishedImport(db: Database, dataflow: TestDataflow, rows: Rows = {}): Promise<number> {
  const run = await aFinishedImport(db, dataflow, rows)
  const from = await publishedSnapshot(db, dataflow.id)
  await recordChanges(db, dataflow, from, run)
  await db.transaction(async (tx) => {
    await movePointer(tx, { dataflowId: dataflow.id, from, to: run, reason: 'publish', by: `run ${run}` })
    await endRun(tx, run, { to: 'succeeded' })
  })
  return run
}

/** An import that the guard keeps from its readers. */
export async function aHeldImport(db: Database, dataflow: TestDataflow, rows: Rows = {}): Promise<number> {
  const run = await aFinishedImport(db, dataflow, rows)
  await recordChanges(db, dataflow, await publishedSnapshot(db, dataflow.id), run)
  await endRun(db, run, { to: 'held', cause: 'guard', description: 'It would remove too much.' })
  return run
}

async function recordChanges(db: Database, dataflow: TestDataflow, from: number | null, to: number): Promise<void> {
  for (const shape of [USERS, MEMBERS]) {
    await db.insert(runTables).values({ runId: to, ...(await compareTable(db, dataflow, shape, { from, to })) })
  }
}

/** The rows of a relation of a dataflow, in order. */
export async function rowsOf(db: Database, schema: string, relation: string, columns: SQL = sql`*`): Promise<Row[]> {
  const from = sql`${sql.identifier(schema)}.${sql.identifier(relation)}`
  return [...(await db.execute<Record<string, unknown>>(sql`select ${columns} from ${from} order by 1`))]
}

/** The subs that readers of the view `users` see. */
export async function subsSeen(db: Database, dataflow: TestDataflow): Promise<unknown[]> {
  return (await rowsOf(db, dataflow.schema, 'users', sql`sub`)).map(({ sub }) => sub)
}
