import { bigint, index, text } from 'drizzle-orm/pg-core'
import { identity, instant, poolkeeper } from './columns.ts'
import { runs } from './runs.ts'

/** What happened in a run, for whoever looks on: sentences for people, with nobody's data in them. */
export const runLog = poolkeeper.table(
  'run_log',
  {
    id: identity(),
    runId: bigint('run_id', { mode: 'number' })
      .notNull()
      .references(() => runs.id),
    at: instant('at').notNull().defaultNow(),
    level: text().$type<'info' | 'warning'>().notNull().default('info'),
    message: text().notNull(),
  },
  (table) => [index('run_log_of_run').on(table.runId, table.id)],
)
