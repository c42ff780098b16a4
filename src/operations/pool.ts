import { openPool, type PoolClient } from '../cognito/client.ts'
import { type ConnectionReport, checkConnection } from '../cognito/connect.ts'
import { createGovernor } from '../cognito/governor.ts'
import { openCredentials } from '../dataflow/credentials.ts'
import { type Dataflow, sourcesOf } from '../dataflow/dataflow.ts'
import { poolAccount } from '../dataflow/poolArn.ts'
import { type Ceilings, createCeilings } from '../quota/ceilings.ts'
import type { OperationContext } from './context.ts'

/** What it takes to open a dataflow's pool, whoever asks. */
export type PoolContext = Omit<OperationContext, 'caller'>

/**
 * Opens a dataflow's pool with its own credentials, for a person who waits, and closes it however the work ends. Its requests
 * stand in line with those of the runs under way. Beside the workers this is the only place where secrets are opened.
 * @throws PoolkeeperError when the credentials can't be opened; what the work throws
 */
export async function withPool<T>(
  { db, redis, keys, cognitoEndpoint }: PoolContext,
  dataflow: Dataflow,
  work: (pool: PoolClient, ceilings: Ceilings) => Promise<T>,
): Promise<T> {
  const { id, poolId, region } = dataflow
  const credentials = await openCredentials(db, keys, id)
  const account = await poolAccount(db, dataflow)
  const ceilings = createCeilings(db)
  await ceilings.refresh()
  const pool = openPool({
    ...{ poolId, region, credentials, ...(account && { account }) },
    // on a dead network two attempts tell as much as five
    attempts: 2,
    governor: createGovernor(redis, { ceilingOf: ceilings.of }),
    ...(cognitoEndpoint && { endpoint: cognitoEndpoint }),
  })
  try {
    return await work(pool, ceilings)
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
  context: PoolContext,
  dataflow: Dataflow,
  signal?: AbortSignal,
): Promise<TestedConnection> {
  return withPool(context, dataflow, async (pool) => {
    const report = await checkConnection(pool, sourcesOf(dataflow), signal)
    return { ...report, clockAheadMs: pool.clockAheadMs() }
  })
}
