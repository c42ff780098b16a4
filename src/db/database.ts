import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js'
import type { ExtractTablesWithRelations } from 'drizzle-orm/relations'
import postgres from 'postgres'
import * as schema from './schema.ts'

type Schema = typeof schema

/** The connection pool, through drizzle: `db.execute(sql`…`)` for SQL of our own, the builder for plain rows. */
export type Database = PostgresJsDatabase<Schema> & { $client: postgres.Sql }
export type Transaction = PostgresJsTransaction<Schema, ExtractTablesWithRelations<Schema>>

/** Where a statement runs: functions that take it may be called on the pool or within a transaction. */
export type Queryable = Database | Transaction

export interface DatabaseOptions {
  /** Connections at most. A worker wants one for each task that it works at, and one to spare. */
  readonly max?: number
  /** Named in pg_stat_activity. */
  readonly name: string
}

/**
 * Opens a pool. Nothing is connected until the first statement, which fails within 10 s when the server is away.
 * int8 comes as a number: our ids and counts stay far below 2^53.
 */
export function openDatabase(url: string, { max = 8, name }: DatabaseOptions): Database {
  const client = postgres(url, {
    max,
    connect_timeout: 10,
    idle_timeout: 60,
    connection: { application_name: `poolkeeper ${name}`, TimeZone: 'UTC' },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    // Notices quote object names that people chose; they carry nothing that we act upon.
    onnotice: () => undefined,
  })
  return drizzle(client, { schema })
}

/** Closes the pool, giving statements under way up to `seconds` to end. */
export async function closeDatabase(db: Database, seconds = 5): Promise<void> {
  await db.$client.end({ timeout: seconds })
}
