import { asc, eq, sql } from 'drizzle-orm'
import type { Database, Queryable } from '../db/database.ts'
import { runLog } from '../db/schema/runLog.ts'

export type LogLevel = (typeof runLog.$inferSelect)['level']

/** Something that happened in a run, as its log tells it. */
export interface LogLine {
  readonly at: Date
  readonly level: LogLevel
  readonly message: string
}

/**
 * Writes down what happened in a run: a sentence for people, with nobody's data in it. Call it in the transaction of what
 * it tells, and never for every page: a log of 20,000 lines is read by nobody.
 */
export async function logRun(db: Queryable, runId: number, message: string, level: LogLevel = 'info'): Promise<void> {
  await db.insert(runLog).values({ runId, message, level })
}

/**
 * The same for what comes again and again: not if the same was said within so many minutes. Two who say it at the same
 * instant both do.
 */
export async function logSeldom(
  db: Queryable,
  runId: number,
  message: string,
  { minutes, level = 'info' }: { readonly minutes: number; readonly level?: LogLevel },
): Promise<void> {
  await db.execute(sql`insert into poolkeeper.run_log (run_id, message, level)
    select ${runId}, ${message}, ${level}::text where not exists (select from poolkeeper.run_log
      where run_id = ${runId} and message = ${message} and at > now() - make_interval(mins => ${minutes}))`)
}

/** More lines than a run makes on a very bad day. */
const MOST_LINES = 500

/** What happened in a run, in its order. */
export function readRunLog(db: Queryable, runId: number): Promise<LogLine[]> {
  return db
    .select({ at: runLog.at, level: runLog.level, message: runLog.message })
    .from(runLog)
    .where(eq(runLog.runId, runId))
    .orderBy(asc(runLog.id))
    .limit(MOST_LINES)
}

/**
 * Forgets what happened longer than 90 days ago: a thousand nightly imports make 3 million lines a year. Ids rise with time,
 * so only the oldest are looked at.
 * @returns how many lines went.
 */
export async function pruneLog(db: Database): Promise<number> {
  const pruned = await db.execute(sql`delete from poolkeeper.run_log where id in (
      select id from (select id, at from poolkeeper.run_log order by id limit 10000) oldest
      where at < now() - interval '90 days')
    returning id`)
  return pruned.length
}
