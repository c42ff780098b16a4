import type { Redis } from 'ioredis'
import type { Caller } from '../access/caller.ts'
import type { Input, Result } from '../api/contract.ts'
import type { OperationName } from '../api/routes.ts'
import type { SealingKey } from '../config.ts'
import type { Database } from '../db/database.ts'

/** What operations work with, for one caller. */
export interface OperationContext {
  readonly db: Database
  /** Where requests stand in line for their quota; it need not answer. */
  readonly redis: Redis
  readonly keys: readonly SealingKey[]
  readonly cognitoEndpoint: string | undefined
  /** Where psql and BI tools find the database. */
  readonly readersUrl: string
  readonly caller: Caller
  /** Aborted once nobody waits for the answer any more. */
  readonly signal?: AbortSignal
}

/** Does what an operation is for. Whether its caller's role allows it has been decided; with which dataflow it decides itself. */
export type Handler<Name extends OperationName> = (
  context: OperationContext,
  input: Input<Name>,
) => Promise<Result<Name>>
