import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { OidcProvider } from '../src/access/oidc.ts'
import type { SealingKey } from '../src/config.ts'
import type { Database } from '../src/db/database.ts'
import type { Logger } from '../src/logger.ts'
import type { OpenStreams } from './api/openStreams.ts'
import type { FleetWatch } from './fleet.ts'

/** What the dashboard's pages work with. Opened and closed by whoever builds the app. */
export interface Services {
  readonly db: Database
  readonly redis: Redis
  /** For looking at only: see `openBoardQueues`. */
  readonly queues: readonly Queue[]
  /** The answers that go on, to be ended when the server goes quiet. */
  readonly streams: OpenStreams
  readonly fleet: FleetWatch
  readonly logger: Logger
  /** What credentials are sealed under. */
  readonly keys: readonly SealingKey[]
  readonly cognitoEndpoint: string | undefined
  /** Where psql and BI tools find the database. */
  readonly readersUrl: string
  /** Undefined: nobody signs in with OpenID Connect. */
  readonly oidc: OidcProvider | undefined
}
