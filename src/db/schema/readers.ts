import { bigint, index, text } from 'drizzle-orm/pg-core'
import { identity, instant, poolkeeper } from './columns.ts'
import { dataflows } from './dataflows.ts'

/** Roles of Postgres that may read the views of a dataflow and nothing else: for psql and BI tools. */
export const readers = poolkeeper.table(
  'readers',
  {
    id: identity(),
    dataflowId: bigint('dataflow_id', { mode: 'number' })
      .notNull()
      .references(() => dataflows.id),
    /** As Postgres knows it; its password is known to whoever made it. */
    role: text().notNull().unique(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [index('readers_of_dataflow').on(table.dataflowId)],
)
