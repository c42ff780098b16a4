import type { PoolClient } from '../cognito/client.ts'
import type { HashKey } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { dataflows } from '../db/schema/dataflows.ts'
import type { DataflowSchemas } from '../snapshot/tables.ts'
import type { Progress } from './jobReport.ts'

export type WorkDataflow = DataflowSchemas &
  Pick<typeof dataflows.$inferSelect, 'name' | 'tables' | 'maxRemovedPercent' | 'maxRemovedRows' | 'poolId' | 'region'>

/** What the verbs work with: the database, the run's dataflow and a client of its pool. */
export interface WorkContext {
  readonly db: Database
  readonly dataflow: WorkDataflow
  readonly pool: PoolClient
  /** Undefined when this worker was given none: a run that needs it fails before it reads. */
  readonly hashKey: HashKey | undefined
  /** Shows on Bull Board how far a stream is. Called at every commit; never fails. */
  readonly onProgress: (progress: Progress) => void
  /** Of this worker, this one included: what takes room is shared out among them. */
  readonly tasksUnderWay: () => number
}

/**
 * How a piece of work ended, when nothing went wrong: `done`; `again`, put it back to be gone on with; `lost`, somebody
 * else holds the claim now, or the run has ended, and this worker's commit was turned away.
 */
export type Outcome = 'done' | 'again' | 'lost'
