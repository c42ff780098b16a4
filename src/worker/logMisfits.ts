import type { Queryable } from '../db/database.ts'
import type { TableShape } from '../db/table.ts'
import { logSeldom } from '../run/log.ts'
import type { Batch } from './mapRecords.ts'

/** Longer than any run takes: of each kind it is said once. */
const ONCE = { minutes: 100_000, level: 'warning' } as const

/**
 * Says once in a run's log for each column that a value did not fit it, and for each reason that a record was kept aside.
 * @param told what this slice of a stream has said, so that Postgres is not asked at every page
 */
export async function logMisfits(
  db: Queryable,
  runId: number,
  shape: TableShape,
  batch: Batch,
  told: Set<string>,
): Promise<void> {
  if (batch.warnings === 0) return
  for (const message of describeMisfits(shape, batch)) {
    if (told.has(message)) continue
    told.add(message)
    await logSeldom(db, runId, message, ONCE)
  }
}

/** What is in a value's way is named by its column: what else an attribute may be called is for nobody's log. */
function describeMisfits({ table, columns }: TableShape, { rows, rejects }: Batch): Set<string> {
  const names = rows.flatMap(({ raw_values: raw }) => (raw ? Object.keys(raw) : []))
  const misfits = names.map((name) => {
    const column = columns.find(({ field, name: own }) => (field ?? own) === name)
    if (!column) return `${table}: there are attributes that the pool's schema does not name; kept in raw_values.`
    return `${table}: there are values that ${column.name} can't hold; kept in raw_values.`
  })
  const aside = rejects.map(({ reason }) => `${table}: ${reason}; such records are kept in rejected_rows.`)
  return new Set([...misfits, ...aside])
}
