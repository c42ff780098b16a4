import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { runs } from '../db/schema/runs.ts'
import { type AlertEvent, type AlertFacts, alerts } from '../db/schema/webhooks.ts'
import type { Ending } from './end.ts'

/** Something that webhooks are told of. */
export interface Announcement {
  readonly event: AlertEvent
  /** Whose it is: webhooks of some dataflows are told of theirs only. Null: of no dataflow in particular. */
  readonly dataflowId: number | null
  readonly facts: Partial<AlertFacts>
}

const NO_FACTS: AlertFacts = { dataflow: null, run: null, cause: null, description: null, quota: null }

/**
 * Writes down a delivery for each webhook that wants to be told. Call it in the transaction that makes it so: what is told
 * has happened, and what has happened is told. A webhook that is being removed at this moment is passed over, not run into.
 */
export async function announce(db: Queryable, { event, dataflowId, facts }: Announcement): Promise<void> {
  await db.execute(sql`insert into poolkeeper.webhook_deliveries (webhook_id, event, payload)
    select id, ${event}, ${JSON.stringify({ ...NO_FACTS, ...facts })}::jsonb from poolkeeper.webhooks
    where events @> ${JSON.stringify(event)}::jsonb
      and (dataflows is null or dataflows @> ${JSON.stringify(dataflowId)}::jsonb)
    order by id for key share`)
}

/** A run as its end is told of. */
interface EndedRun {
  readonly run: number
  readonly dataflowId: number
  readonly dataflow: string
  /** Whether it read everything, not some of the tables. */
  readonly whole: boolean
}

/**
 * Tells of a run that failed or is held, and of the first success after that. A dry run is told of to nobody: whoever asked
 * for it looks at it, and readers see nothing of it. A run of some tables does not make a dataflow well.
 */
export async function announceEnd(db: Queryable, runId: number, { to, cause, description }: Ending): Promise<void> {
  if (to === 'cancelled') return
  const ended = await findEnded(db, runId)
  if (!ended) return
  const { run, dataflow, dataflowId, whole } = ended
  if (to === 'failed' || to === 'held') {
    await noteTrouble(db, `run.${to}`, dataflowId)
    const facts = { dataflow, run, cause: cause ?? null, description: description ?? null }
    return announce(db, { event: `run.${to}`, dataflowId, facts })
  }
  const since = whole ? await endTrouble(db, dataflowId) : undefined
  if (since === undefined) return
  const recovery = `The first success since the trouble that began at ${since.toISOString()}. Nothing to do.`
  await announce(db, { event: 'run.recovered', dataflowId, facts: { dataflow, run, description: recovery } })
}

/** Undefined for a dry run. */
async function findEnded(db: Queryable, runId: number): Promise<EndedRun | undefined> {
  const [ended] = await db
    .select({ run: runs.id, dataflowId: runs.dataflowId, dataflow: dataflows.name, tables: runs.tables })
    .from(runs)
    .innerJoin(dataflows, eq(dataflows.id, runs.dataflowId))
    .where(and(eq(runs.id, runId), eq(runs.dryRun, false)))
  return ended && { ...ended, whole: ended.tables === null }
}

async function noteTrouble(db: Queryable, event: AlertEvent, dataflowId: number): Promise<void> {
  await db
    .insert(alerts)
    .values({ event, subject: String(dataflowId) })
    .onConflictDoNothing()
}

/** What a success ends. */
const TROUBLES: AlertEvent[] = ['run.failed', 'run.held', 'dataflow.late']

/** @returns since when there was trouble; undefined when there was none. */
async function endTrouble(db: Queryable, dataflowId: number): Promise<Date | undefined> {
  const ended = await db
    .delete(alerts)
    .where(and(eq(alerts.subject, String(dataflowId)), inArray(alerts.event, TROUBLES)))
    .returning({ since: alerts.since })
  const [first] = ended.map(({ since }) => since).toSorted((a, b) => a.getTime() - b.getTime())
  return first
}
