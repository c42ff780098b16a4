import { hostname } from 'node:os'
import { type Caller, EVERYTHING_GRANTED } from '../access/caller.ts'
import type { Config } from '../config.ts'
import type { OperationContext } from '../operations/context.ts'
import { openProbe } from '../queue/redis.ts'
import { withDatabase } from './context.ts'
import { person } from './person.ts'

/** Runs a command's work straight on the servers, for whoever may reach them, and closes them however it ends. */
export function withLocal<T>(config: Config, work: (context: OperationContext) => Promise<T>): Promise<T> {
  return withDatabase(
    config,
    async (db, { databaseUrl, redisUrl, keys, cognitoEndpoint, readersUrl = databaseUrl }) => {
      const redis = openProbe(redisUrl)
      try {
        return await work({ db, redis, keys, cognitoEndpoint, readersUrl, caller: caller() })
      } finally {
        redis.disconnect()
      }
    },
  )
}

/** Who has the database's password may do everything. */
function caller(): Caller {
  const where = { via: 'command', tokenId: null, origin: hostname(), requestId: null } as const
  return { ...EVERYTHING_GRANTED, ...where, name: person() }
}
