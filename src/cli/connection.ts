import { openPool } from '../cognito/client.ts'
import { type ConnectionReport, checkConnection } from '../cognito/connect.ts'
import { openCredentials } from '../dataflow/credentials.ts'
import { type Dataflow, sourcesOf } from '../dataflow/dataflow.ts'
import type { Database } from '../db/database.ts'
import type { ServerConfig } from './context.ts'

export interface TestedConnection extends ConnectionReport {
  /** How far AWS's clock is ahead of this machine's, in ms; undefined when AWS gave no answer. */
  readonly clockAheadMs: number | undefined
}

/**
 * Tries out whether Cognito lets a dataflow in, with its own credentials.
 * @throws PoolkeeperError when the credentials can't be opened; the signal's reason once it is aborted
 */
export async function testConnection(
  db: Database,
  { keys, cognitoEndpoint }: ServerConfig,
  dataflow: Dataflow,
  signal?: AbortSignal,
): Promise<TestedConnection> {
  const { poolId, region } = dataflow
  const credentials = await openCredentials(db, keys, dataflow.id)
  // a person is waiting: on a dead network two attempts tell as much as five
  const pool = openPool({
    ...{ poolId, region, credentials, attempts: 2 },
    ...(cognitoEndpoint && { endpoint: cognitoEndpoint }),
  })
  try {
    const report = await checkConnection(pool, sourcesOf(dataflow), signal)
    return { ...report, clockAheadMs: pool.clockAheadMs() }
  } finally {
    pool.close()
  }
}
