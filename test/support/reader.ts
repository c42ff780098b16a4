import postgres from 'postgres'

/** Somebody else's connection, in a transaction that has read something and stays open. */
export interface OpenReader {
  readonly sql: postgres.ReservedSql
  /** Ends the transaction and the connection. */
  leave(): Promise<void>
}

/**
 * Reads in a transaction and stays in it, as a report, a notebook or a forgotten psql does.
 * @param query what it reads first, and so holds its locks on
 */
export async function openReader(url: string, query: string, isolation = 'read committed'): Promise<OpenReader> {
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  const sql = await client.reserve()
  await sql.unsafe(`begin isolation level ${isolation}`)
  await sql.unsafe(query)
  return {
    sql,
    leave: async () => {
      await sql`rollback`
      sql.release()
      await client.end()
    },
  }
}
