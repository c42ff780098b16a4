import { eq } from 'drizzle-orm'
import { type Counts, NO_COUNTS, openPool, type PoolClient } from '../cognito/client.ts'
import type { Governor } from '../cognito/governor.ts'
import type { SealingKey } from '../config.ts'
import { openCredentials } from '../dataflow/credentials.ts'
import { regionOf } from '../dataflow/input.ts'
import type { Database } from '../db/database.ts'
import { schemaOf, snapshotSchemaOf } from '../db/names.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import type { Priority, runs } from '../db/schema/runs.ts'
import { GiveUpError } from '../errors.ts'
import type { WorkDataflow } from './context.ts'

/** What a run works with, opened once in a process: the slices of its streams share sockets and credentials. */
export interface OpenRun {
  readonly dataflow: WorkDataflow
  readonly pool: PoolClient
}

export interface Pools {
  /** Opens a run, or gives the one that is open. An edit of the dataflow reaches its next run. */
  open(run: typeof runs.$inferSelect): Promise<OpenRun>
  /** What a run has asked of Cognito in this process since it was last asked; nothing when its pool is not open. */
  takeCounts(runId: number): Promise<Counts>
  closeAll(): void
}

/** Of two runs that share a quota an ad-hoc one gets four requests for each of a nightly one's. */
const WEIGHTS: Readonly<Record<Priority, number>> = { 'ad-hoc': 4, nightly: 1 }

/** More runs than a worker works at in one go, at 30 kB each; the one that was used longest ago is closed first. */
const OPEN_AT_MOST = 128

export function createPools(db: Database, keys: readonly SealingKey[], governor: Governor): Pools {
  const opened = new Map<number, Promise<OpenRun>>()

  async function openRun(run: typeof runs.$inferSelect): Promise<OpenRun> {
    const dataflow = withPoolOf(run, await loadDataflow(db, run.dataflowId))
    const credentials = await openCredentials(db, keys, run.dataflowId)
    const { poolId, region } = dataflow
    const account = run.accountId ?? undefined
    const sharer = { name: String(run.id), weight: WEIGHTS[run.priority] }
    return { dataflow, pool: openPool({ poolId, region, credentials, governor, sharer, ...(account && { account }) }) }
  }

  return {
    open(run) {
      const known = opened.get(run.id) ?? openRun(run)
      // to the end of the Map's order, which is the order of use
      opened.delete(run.id)
      opened.set(run.id, known)
      known.catch(() => opened.delete(run.id))
      closeOldest(opened)
      return known
    },
    async takeCounts(runId) {
      const run = await opened.get(runId)
      return run?.pool.takeCounts() ?? NO_COUNTS
    },
    closeAll() {
      for (const run of opened.values()) closeWhenOpen(run)
      opened.clear()
    },
  }
}

function closeOldest(opened: Map<number, Promise<OpenRun>>): void {
  if (opened.size <= OPEN_AT_MOST) return
  const [oldest] = opened
  if (!oldest) return
  opened.delete(oldest[0])
  closeWhenOpen(oldest[1])
}

/** A run that could not be opened has nothing to close; whoever asked for it was told why. */
function closeWhenOpen(run: Promise<OpenRun>): void {
  run.then(
    ({ pool }) => pool.close(),
    () => undefined,
  )
}

/** A run that has been planned reads on in its own pool: half of one and half of another would be nobody's. */
function withPoolOf({ poolId }: typeof runs.$inferSelect, dataflow: WorkDataflow): WorkDataflow {
  if (poolId === null || poolId === dataflow.poolId) return dataflow
  return { ...dataflow, poolId, region: regionOf(poolId) }
}

async function loadDataflow(db: Database, id: number): Promise<WorkDataflow> {
  const [dataflow] = await db.select().from(dataflows).where(eq(dataflows.id, id))
  if (!dataflow || dataflow.removedAt) throw new GiveUpError('removed', 'The dataflow has been removed.')
  return { ...dataflow, schema: schemaOf(dataflow.name), snapshotSchema: snapshotSchemaOf(dataflow.name) }
}
