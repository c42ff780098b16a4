import { sql } from 'drizzle-orm'
import type { Dataflow } from '../../dataflow/dataflow.ts'
import type { Database } from '../../db/database.ts'
import type { Output } from '../output.ts'

const COLUMNS = ['username', 'email', 'status', 'created_at'] as const

/** The first rows of the published users, as anybody with SQL sees them. */
export async function printFirstUsers(output: Output, db: Database, { schema }: Dataflow): Promise<void> {
  const columns = sql.join(
    COLUMNS.map((column) => sql`${sql.identifier(column)}::text`),
    sql`, `,
  )
  const users = sql`${sql.identifier(schema)}.users`
  const rows = await db.execute<Record<string, string | null>>(
    sql`select ${columns} from ${users} order by sub limit 5`,
  )
  output.line(`The first rows of ${schema}.users:`)
  output.table(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column] ?? '')),
  )
  output.line()
}
