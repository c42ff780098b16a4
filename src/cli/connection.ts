import { openPool, type PoolClient } from '../cognito/client.ts'
import { type ConnectionReport, checkConnection } from '../cognito/connect.ts'
import { createGovernor } from '../cognito/governor.ts'
import { openCredentials } from '../dataflow/credentials.ts'
import { type Dataflow, sourcesOf } from '../dataflow/dataflow.ts'
import type { Database } from '../db/database.ts'
import type { ServerConfig } from './context.ts'

/**
 * Opens a dataflow's pool with its own credentials, for a person who waits, and closes it however the work ends.
 * @throws PoolkeeperError when the credentials can't be opened; what the work throws
 */
export async function withPool<T>(
  db: Database,
  { keys, cognitoEndpoint }: ServerConfig,
  { id, poolId, region }: Dataflow,
  work: (pool: PoolClient) => Promise<T>,
): Promise<T> {
  const pool = openPool({
    ...{ poolId, region, credentials: await openCredentials(db, keys, id) },
    // on a dead network two attempts tell as much as five
    attempts: 2,
    // a slice of the quota of its own: runs under way need the rest
    governor: createGovernor(undefined),
    ...(cognitoEndpoint && { endpoint: cognitoEndpoint }),
  })
  try {
    return await work(pool)
  } finally {
    pool.close()
  }
}

export interface TestedConnection extends ConnectionReport {
  /** How far AWS's clock is ahead of this machine's, in ms; undefined when AWS gave no answer. */
  readonly clockAheadMs: number | undefined
}

/**
 * Tries out whether Cognito lets a dataflow in.
 * @throws PoolkeeperError when the credentials can't be opened; the signal's reason once it is aborted
 */
export function testConnection(
  db: Database,
  servers: ServerConfig,
  dataflow: Dataflow,
  signal?: AbortSignal,
): Promise<TestedConnection> {
  return withPool(db, servers, dataflow, async (pool) => {
    const report = await checkConnection(pool, sourcesOf(dataflow), signal)
    return { ...report, clockAheadMs: pool.clockAheadMs() }
  })
}
