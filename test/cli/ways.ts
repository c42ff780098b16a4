import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createToken } from '../../src/access/token.ts'
import type { Database } from '../../src/db/database.ts'
import { openDashboard, type Servers } from '../dashboard/visitor.ts'
import { commandHere } from '../support/commandHere.ts'
import type { Finished } from '../support/processes.ts'

/** Runs a command line. @param env what its environment holds beside where it works */
export type Way = (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Finished>

/** The two ways in which commands work: straight on the database, and through the API of a server that is named. */
export interface Ways {
  readonly here: Way
  readonly there: Way
  readonly url: string
  /** The token that `there` shows. */
  readonly token: string
  close(): Promise<void>
}

/** Opens both for a file of tests, on one database. Call it in `beforeAll`. */
export async function bothWays(servers: Servers & { readonly db: Database }): Promise<Ways> {
  const { url, close } = await openDashboard(servers)
  const grants = { ...EVERYTHING_GRANTED, name: 'laptop', createdBy: 'ana', expiresAt: null }
  const { secret: token } = await createToken(servers.db, grants)
  const own = { DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl }
  return {
    here: (args, env) => commandHere(args, { ...own, ...env }),
    there: (args, env) => commandHere(args, { POOLKEEPER_URL: url, POOLKEEPER_TOKEN: token, ...env }),
    ...{ url, token, close },
  }
}
