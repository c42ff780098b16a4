import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** The ids of the dataflows that somebody may see; null: all of them. What they may not see does not exist for them. */
export type Visible = readonly number[] | null

/** Whether a column holds one of these ids. They are one parameter, however many there are. */
export function isAmong(column: SQLWrapper, ids: Visible): SQL {
  if (ids === null) return sql`true`
  return sql`${column} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}))`
}
