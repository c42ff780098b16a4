import { type Caller, EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import type { Call, Output } from '../../src/api/contract.ts'
import type { OperationName } from '../../src/api/routes.ts'
import type { SealingKey } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { perform } from '../../src/operations/perform.ts'
import { openProbe } from '../../src/queue/redis.ts'

/** Somebody who may do everything, from an address that is nobody's. */
export const ANA: Caller = {
  ...EVERYTHING_GRANTED,
  ...{ name: 'ana', via: 'session', tokenId: null, origin: '203.0.113.9', requestId: 'request-1' },
}

/** Does operations for somebody, without a server in between and without Redis. */
export function operationsOf(db: Database, caller: Caller = ANA, keys: readonly SealingKey[] = []) {
  const redis = openProbe('redis://127.0.0.1:1')
  const readersUrl = 'postgres://127.0.0.1/tests'
  const context = { db, redis, keys, cognitoEndpoint: undefined, readersUrl, caller }
  return <Name extends OperationName>(name: Name, call: Call<Name>): Promise<Output<Name>> =>
    perform(context, name, call)
}
