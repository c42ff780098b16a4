import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { expectedTables, expectSameTables, readPublished } from './expected.ts'
import type { Line } from './line.ts'

/** How long to wait for what happens in a second on a machine with nothing else to do. */
export const SOON = { timeout: 40_000, interval: 20 }

/** The tables of a dataflow that imports nothing else. */
export const USERS_ONLY = { tables: [{ source: 'users', purpose: 'All' } as const] }

/** Pages that a run's streams have staged so far. */
export async function pagesRead({ db }: Line, run = 1): Promise<number> {
  const [row] = await db.execute<{ pages: number }>(
    sql`select coalesce(sum(page), 0)::int as pages from poolkeeper.tasks where run_id = ${run} and kind = 'stream'`,
  )
  return row?.pages ?? 0
}

/** Waits until a run's streams have staged so many pages. */
export async function waitForPages(line: Line, atLeast: number, run = 1): Promise<void> {
  await vi.waitFor(async () => expect(await pagesRead(line, run)).toBeGreaterThanOrEqual(atLeast), SOON)
}

/** What is published equals the pool as it is now. */
export async function expectExact(line: Line, schema: string): Promise<void> {
  expectSameTables(await readPublished(line.databaseUrl, schema), expectedTables(line.sandbox))
}

/** There was one run, it published once, and what is published equals the pool. */
export async function expectExactlyOnce(line: Line, schema: string): Promise<void> {
  const [once] = await line.db.execute(sql`select
    (select count(*) from poolkeeper.runs) as runs, (select count(*) from poolkeeper.publications) as publications`)
  expect(once).toEqual({ runs: 1, publications: 1 })
  await expectExact(line, schema)
}

/** Rows of users that commits have counted: more than there are if a page was committed twice, fewer if one was lost. */
export async function stagedUsers({ db }: Line): Promise<number> {
  const [staged] = await db.execute<{ rows: number }>(
    sql`select sum(rows)::int as rows from poolkeeper.tasks where stream->>'source' = 'users'`,
  )
  return staged?.rows ?? 0
}
