import { openPool, type PoolClient } from '../cognito/client.ts'
import { type ConnectionReport, checkConnection } from '../cognito/connect.ts'
import type { PoolCredentials } from '../cognito/credentials.ts'
import { createGovernor } from '../cognito/governor.ts'
import { openCredentials, openDraftCredentials } from '../dataflow/credentials.ts'
import { type Dataflow, sourcesOf } from '../dataflow/dataflow.ts'
import type { DraftedPool } from '../dataflow/draft.ts'
import { poolAccount, roleAccount } from '../dataflow/poolArn.ts'
import { type Ceilings, createCeilings } from '../quota/ceilings.ts'
import type { OperationContext } from './context.ts'

/** What it takes to open a dataflow's pool, whoever asks. */
export type PoolContext = Omit<OperationContext, 'caller' | 'readersUrl'>

/** A pool, and what opens it. */
interface OpenablePool {
  readonly poolId: string
  readonly region: string
  readonly credentials: PoolCredentials
  /** Its AWS account, where somebody knows it. */
  readonly account: string | undefined
}

/**
 * Opens a dataflow's pool with its own credentials, for a person who waits, and closes it however the work ends. Its requests
 * stand in line with those of the runs under way. Beside the workers this file is the only place where secrets are opened.
 * @throws PoolkeeperError when the credentials can't be opened; what the work throws
 */
export async function withPool<T>(context: PoolContext, dataflow: Dataflow, work: Work<T>): Promise<T> {
  const { db, keys } = context
  const { id, poolId, region } = dataflow
  const credentials = await openCredentials(db, keys, id)
  return withOpened(context, { poolId, region, credentials, account: await poolAccount(db, dataflow) }, work)
}

/** The same for a dataflow that somebody is still describing. */
export async function withDraftedPool<T>(context: PoolContext, drafted: DraftedPool, work: Work<T>): Promise<T> {
  const { poolId, region } = drafted
  const credentials = openDraftCredentials(context.keys, drafted)
  return withOpened(context, { poolId, region, credentials, account: roleAccount(drafted) }, work)
}

type Work<T> = (pool: PoolClient, ceilings: Ceilings) => Promise<T>

async function withOpened<T>(
  { db, redis, cognitoEndpoint }: PoolContext,
  { account, ...opened }: OpenablePool,
  work: Work<T>,
): Promise<T> {
  const ceilings = createCeilings(db)
  await ceilings.refresh()
  const pool = openPool({
    ...{ ...opened, ...(account && { account }) },
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
