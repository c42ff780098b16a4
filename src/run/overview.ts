import { and, desc, eq, getTableColumns, isNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { dataflows, published, type RunState, runs, runTables } from '../db/schema.ts'

/** The latest run that did anything: a skipped one says nothing about the dataflow's health. */
export interface LatestRun {
  readonly run: number
  readonly state: RunState
  readonly cause: string | null
  readonly description: string | null
}

/** A dataflow as the overview of all of them shows it. */
export interface DataflowOverview {
  readonly name: string
  readonly displayName: string
  readonly poolId: string
  readonly tables: number
  /** Rows of the published snapshot, all tables together; null before anything was published. */
  readonly rows: number | null
  readonly publishedAt: Date | null
  /** null: it never ran. */
  readonly latest: LatestRun | null
  readonly nextRunAt: Date | null
  readonly timezone: string
  readonly pausedAt: Date | null
  readonly pauseReason: string | null
}

/** Every dataflow that was not removed, by name, with what its readers see now and how its latest run went. */
export async function listOverviews(db: Queryable): Promise<DataflowOverview[]> {
  const latest = db
    .select({ run: runs.id, state: runs.state, cause: runs.cause, description: runs.description })
    .from(runs)
    .where(and(eq(runs.dataflowId, dataflows.id), ne(runs.state, 'skipped')))
    .orderBy(desc(runs.id))
    .limit(1)
    .as('latest')
  const figures = db
    .select({ rows: sql<number | null>`sum(${runTables.rows})`.mapWith(Number).as('rows') })
    .from(runTables)
    .where(eq(runTables.runId, published.snapshotId))
    .as('figures')
  const { name, displayName, poolId, nextRunAt, timezone, pausedAt, pauseReason } = getTableColumns(dataflows)
  return db
    .select({
      name,
      displayName,
      poolId,
      tables: sql<number>`jsonb_array_length(${dataflows.tables})`,
      rows: figures.rows,
      publishedAt: published.publishedAt,
      latest: { run: latest.run, state: latest.state, cause: latest.cause, description: latest.description },
      nextRunAt,
      timezone,
      pausedAt,
      pauseReason,
    })
    .from(dataflows)
    .leftJoin(published, eq(published.dataflowId, dataflows.id))
    .leftJoinLateral(latest, sql`true`)
    .leftJoinLateral(figures, sql`true`)
    .where(isNull(dataflows.removedAt))
    .orderBy(sql`lower(${dataflows.name})`)
}
