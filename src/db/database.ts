import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js'
import type { ExtractTablesWithRelations } from 'drizzle-orm/relations'
import postgres from 'postgres'
import { Connections, type TransactionSql } from './connections.ts'
import { openedOnce, socketsFor } from './socket.ts'

/** drizzle's own queries by relation are not used: nothing has to be told to it of the tables. */
type NoTables = Record<string, never>

/** The connection pool, through drizzle: `db.execute(sql`…`)` for SQL of our own, the builder for plain rows. */
export type Database = PostgresJsDatabase & {
  readonly $client: postgres.Sql
  /** For what needs one connection to itself. Transactions run on these. */
  readonly connections: Connections
  /** What single statements run on, so that a transaction may wait for one without taking its own place. */
  readonly statements: Connections
  /** Another pool to the same server. */
  openAnother(options: DatabaseOptions): Database
}
export type Transaction = PostgresJsTransaction<NoTables, ExtractTablesWithRelations<NoTables>>

/** Where a statement runs: functions that take it may be called on the pool or within a transaction. */
export type Queryable = Database | Transaction

export interface DatabaseOptions {
  /** Connections at most, at least 2: half of them for transactions. A worker wants one for each task that it works at. */
  readonly max?: number
  /** Named in pg_stat_activity. */
  readonly name: string
  /**
   * How long a statement may take, in ms: a connection that is silent for longer is taken for half open. What may take
   * minutes runs on a connection of its own: see `ownConnection.ts`.
   */
  readonly patienceMs?: number
}

/** As Redis's and Cognito's: the slowest ordinary statement takes a second. */
const PATIENCE_MS = 15_000

/**
 * A process that is frozen (SIGSTOP, a laptop's lid) or cut off in the middle of a transaction keeps its row locks until
 * the server throws it out; everybody else waits for them that long.
 */
const IDLE_IN_TRANSACTION_MS = 15_000

/**
 * Opens a pool. Nothing is connected until the first statement, which fails within 10 s when the server is away.
 * int8 comes as a number: our ids and counts stay far below 2^53.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { max = 8, name, patienceMs = PATIENCE_MS } = options
  const settings = {
    connect_timeout: 10,
    connection: {
      application_name: `poolkeeper ${name}`,
      TimeZone: 'UTC',
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
    // Nobody awaits the question for the types of arrays, which each new connection begins with (postgres.js 3.4.9): one
    // that was reset meanwhile took the process down. The one array there is, of a dataflow's tags, drizzle writes and reads itself.
    fetch_types: false,
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    // Notices quote object names that people chose; they carry nothing that we act upon.
    onnotice: () => undefined,
    // not in its types; its README describes it under "Custom socket"
    socket: socketsFor(patienceMs),
  }
  const atMost = (connections: number) =>
    new Connections((onclose) => {
      const single = { ...settings, socket: openedOnce(settings.socket), onclose, max: 1 }
      // drizzle teaches it how dates are read
      return drizzle(postgres(url, single)).$client
    }, connections)
  const connections = atMost(Math.floor(max / 2))
  const statements = atMost(max - Math.floor(max / 2))
  // connected for notifications only
  const client = Object.assign(postgres(url, settings), {
    begin: (work: (sql: TransactionSql) => Promise<unknown>) => connections.transaction(work),
    unsafe: (...statement: Parameters<postgres.Sql['unsafe']>) => statements.unsafe(...statement),
  })
  const db = drizzle(client)
  const openAnother = (another: DatabaseOptions) => openDatabase(url, another)
  return Object.assign(db, { connections, statements, openAnother })
}

/** Closes the pool, giving statements under way up to `seconds` to end. */
export async function closeDatabase(db: Database, seconds = 5): Promise<void> {
  await Promise.all([db.$client.end({ timeout: seconds }), db.connections.end(seconds), db.statements.end(seconds)])
}
