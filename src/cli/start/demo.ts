import { eq } from 'drizzle-orm'
import { createDataflow } from '../../dataflow/create.ts'
import { type Dataflow, listDataflows } from '../../dataflow/dataflow.ts'
import type { Database } from '../../db/database.ts'
import { published } from '../../db/schema/snapshots.ts'
import { findRun, listRuns, type RunRecord } from '../../run/history.ts'
import { requestRun } from '../../run/request.ts'
import type { SandboxPool } from './sandbox.ts'
import type { Servers } from './servers.ts'

/** The dataflow `DemoPool` on the sandbox's pool, made at the first start. */
export async function demoDataflow({ db, keys }: Servers, pool: SandboxPool): Promise<Dataflow> {
  const present = (await listDataflows(db)).find(({ name }) => name === 'DemoPool')
  if (present) return present
  const { accessKeyId, secretAccessKey, poolId, region } = pool
  return createDataflow(db, keys, {
    name: 'DemoPool',
    displayName: 'Demo pool',
    description: 'The sandbox of `npm start`: people who do not exist.',
    poolId,
    region,
    credentials: { kind: 'access-key', accessKeyId, secretAccessKey },
  })
}

/** The run whose rows readers see; undefined before the first import. */
export async function publishedRun(db: Database, dataflow: Dataflow): Promise<RunRecord | undefined> {
  const [row] = await db
    .select({ run: published.snapshotId })
    .from(published)
    .where(eq(published.dataflowId, dataflow.id))
  return row?.run ? findRun(db, row.run) : undefined
}

/** Asks for the first import, or finds it still under way after a start that was interrupted. */
export async function requestFirstRun(db: Database, dataflow: Dataflow): Promise<number> {
  const [latest] = await listRuns(db, { dataflowId: dataflow.id, limit: 1 })
  if (latest && !latest.finishedAt) return latest.run
  const { id } = await requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'npm start' })
  return id
}
