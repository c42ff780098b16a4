import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { SealingKey } from '../../config.ts'
import { createDataflow } from '../../dataflow/create.ts'
import { type Dataflow, listDataflows } from '../../dataflow/dataflow.ts'
import type { Database } from '../../db/database.ts'
import { published } from '../../db/schema.ts'
import { findRun, listRuns, type RunRecord } from '../../run/history.ts'
import { requestRun } from '../../run/request.ts'
import type { Children } from '../children.ts'
import { followRun } from '../progress.ts'
import type { Servers } from './servers.ts'

/** A pool that takes seconds to import and is worth looking at, at a latency that Cognito shows from nearby. */
const COMMAND = ['sandbox', '--users', '5000', '--groups', '12', '--latency', '60']

const sandboxPool = z.object({
  endpoint: z.string(),
  poolId: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
})
export type SandboxPool = z.infer<typeof sandboxPool>

/** The sandbox as a process of its own. Its pool is the same at each start, its address is not. */
export async function startSandbox(children: Children): Promise<SandboxPool> {
  return sandboxPool.parse(await children.fork(COMMAND, {}).ready)
}

/** What makes the SDK of every process of ours talk to the sandbox instead of AWS. */
export function sandboxVariables({ endpoint }: SandboxPool): Record<string, string> {
  return { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint, AWS_ENDPOINT_URL_STS: endpoint }
}

export interface Imported {
  readonly dataflow: Dataflow
  readonly run: RunRecord
}

/**
 * Imports the sandbox's pool with progress bars, unless it was imported at an earlier start.
 * @returns the dataflow and the run whose rows its readers see; when the import did not succeed, that run
 */
export async function importOnce({ db, keys }: Servers, pool: SandboxPool): Promise<Imported> {
  const dataflow = await demoDataflow(db, keys, pool)
  const earlier = await publishedRun(db, dataflow)
  if (earlier) return { dataflow, run: earlier }
  const run = await requestFirstRun(db, dataflow)
  return { dataflow, run: await followRun(db, run) }
}

/** Made at the first start. */
async function demoDataflow(db: Database, keys: readonly SealingKey[], pool: SandboxPool): Promise<Dataflow> {
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

async function publishedRun(db: Database, dataflow: Dataflow): Promise<RunRecord | undefined> {
  const [row] = await db
    .select({ run: published.snapshotId })
    .from(published)
    .where(eq(published.dataflowId, dataflow.id))
  return row?.run ? findRun(db, row.run) : undefined
}

/** Asks for the first import, or finds it still under way after a start that was interrupted. */
async function requestFirstRun(db: Database, dataflow: Dataflow): Promise<number> {
  const [latest] = await listRuns(db, { dataflowId: dataflow.id, limit: 1 })
  if (latest && !latest.finishedAt) return latest.run
  const { id } = await requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'npm start' })
  return id
}
