import { createHash } from 'node:crypto'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { type Priority, type RunState, runs, type Trigger } from '../db/schema/runs.ts'
import { tasks } from '../db/schema/tasks.ts'
import { AskError } from '../errors.ts'
import { ACTIVE_STATES } from './states.ts'

export interface RunRequest {
  readonly dataflowId: number
  readonly trigger: Trigger
  /** Who or what asked, for history: a user name, a service, "schedule". */
  readonly requestedBy: string
  /** Asking twice with the same key makes one run; asking for something else with it is refused. */
  readonly requestKey?: string
  /** After so many hours the key stands for another request; left out, it never does. */
  readonly keyHours?: number
  /** Default: nightly for a schedule's slot, ad-hoc for everything else. */
  readonly priority?: Priority
  /** The schedule's slot that it is for. One slot makes one run. */
  readonly slot?: Date
  /** The failed run to go on with, if that can still be done when it is planned. */
  readonly continues?: number
  /** Reads everything, says what would be published, and publishes nothing. */
  readonly dryRun?: boolean
  /** The tables to read; null and left out: all of them. The others keep the rows that readers see. */
  readonly tables?: readonly string[] | null
}

export interface RequestedRun {
  readonly id: number
  readonly state: RunState
  /** It was there already: nothing was done now. */
  readonly repeated?: true
}

/**
 * The one door that every trigger comes through. Inserts the run and its first task in one transaction; a scheduler
 * dispatches it from there, so that a request is accepted while Redis is down.
 *
 * A dataflow that is still running is not run twice: the request stands in history as skipped. Which of two requests
 * at the same instant wins is decided by a unique index, and losing is an ordinary outcome.
 * @throws AskError 'not-found' when the dataflow has been removed meanwhile, 'bad-input' for a table that it does not import,
 *   'conflict' when the key has been used for something else.
 */
export async function requestRun(db: Queryable, request: RunRequest): Promise<RequestedRun> {
  return db.transaction(async (tx) => {
    const dataflow = await lockDataflow(tx, request.dataflowId)
    await freeKey(tx, request)
    const wanted = withDefaults(request)
    // first of all: what was asked for then may name a table that the dataflow no longer imports
    const known = await sameRequest(tx, wanted)
    if (known) return known
    const [run] = await insertWanted(tx, [{ ...wanted, tables: someOf(dataflow, request.tables) }])
    if (!run) throw new TypeError('a request makes a run, or finds one')
    return run
  })
}

async function freeKey(tx: Transaction, { requestKey, keyHours }: RunRequest): Promise<void> {
  if (requestKey === undefined || keyHours === undefined) return
  await tx
    .update(runs)
    .set({ requestKey: null, requestHash: null })
    .where(
      and(eq(runs.requestKey, requestKey), sql`${runs.requestedAt} <= now() - make_interval(hours => ${keyHours})`),
    )
}

/**
 * The same for many, each of another dataflow, by one statement for all that are neither skipped nor there already. Call
 * it in a transaction that has locked the dataflows.
 * @returns a run for each request, in their order.
 */
export function requestRuns(tx: Transaction, requests: readonly RunRequest[]): Promise<RequestedRun[]> {
  return insertWanted(tx, requests.map(withDefaults))
}

async function insertWanted(tx: Transaction, wanted: readonly WantedRun[]): Promise<RequestedRun[]> {
  const inserted = await insertRuns(tx, wanted)
  const requested: RequestedRun[] = []
  for (const request of wanted)
    requested.push(inserted.get(request.dataflowId) ?? (await sameRequest(tx, request)) ?? (await skip(tx, request)))
  return requested
}

interface WantedRun extends RunRequest {
  readonly requestHash: string | null
}

function withDefaults({ keyHours: _, ...request }: RunRequest): WantedRun {
  const { priority = request.trigger === 'schedule' ? 'nightly' : 'ad-hoc', requestKey } = request
  const wanted = { ...request, priority }
  return { ...wanted, requestHash: requestKey === undefined ? null : hashOf(wanted) }
}

/** Of what is asked for, whoever asks. */
function hashOf({ dataflowId, tables, priority, dryRun = false }: RunRequest): string {
  const asked = tables ? [...new Set(tables)].sort() : null
  return createHash('sha256')
    .update(JSON.stringify([dataflowId, asked, priority, dryRun]))
    .digest('base64url')
}

/** The runs that nothing stood against, each with its first task, by dataflow. */
async function insertRuns(tx: Transaction, requests: readonly WantedRun[]): Promise<Map<number, RequestedRun>> {
  const inserted = await tx
    .insert(runs)
    .values([...requests])
    .onConflictDoNothing()
    .returning({ dataflowId: runs.dataflowId, id: runs.id, state: runs.state })
  if (inserted.length > 0)
    await tx.insert(tasks).values(inserted.map(({ id }) => ({ runId: id, kind: 'plan' as const, label: 'plan' })))
  return new Map(inserted.map(({ dataflowId, ...run }) => [dataflowId, run]))
}

type Importing = Pick<typeof dataflows.$inferSelect, 'name' | 'tables'>

/** Keeps the dataflow from being removed while a run of it is being requested. */
async function lockDataflow(tx: Transaction, dataflowId: number): Promise<Importing> {
  const [dataflow] = await tx
    .select({ name: dataflows.name, tables: dataflows.tables, removedAt: dataflows.removedAt })
    .from(dataflows)
    .where(eq(dataflows.id, dataflowId))
    .for('key share')
  if (!dataflow || dataflow.removedAt) throw new AskError('not-found', 'The dataflow has been removed.')
  return dataflow
}

/** The tables that were asked for, in the dataflow's order; null where that is all of them. */
function someOf({ name, tables }: Importing, asked: RunRequest['tables']): readonly string[] | null {
  if (!asked) return null
  const sources = tables.map(({ source }) => source)
  const unknown = asked.filter((table) => !sources.includes(table))
  if (unknown.length > 0) {
    const message = `${name} does not import ${listed(unknown)}.`
    throw new AskError('bad-input', message, `It imports ${listed(sources)}.`)
  }
  const wanted = sources.filter((source) => asked.includes(source))
  return wanted.length === sources.length ? null : wanted
}

const listed = (tables: readonly string[]) => new Intl.ListFormat('en').format(tables)

/** The run that was requested for the same slot, or with the same key. */
async function sameRequest(
  tx: Transaction,
  { dataflowId, requestKey, requestHash, slot }: WantedRun,
): Promise<RequestedRun | undefined> {
  const same = requestKey
    ? eq(runs.requestKey, requestKey)
    : slot && and(eq(runs.dataflowId, dataflowId), eq(runs.slot, slot))
  if (!same) return undefined
  const [run] = await tx
    .select({ id: runs.id, state: runs.state, requestHash: runs.requestHash })
    .from(runs)
    .where(same)
  // a run of an earlier version has none
  if (run?.requestHash && run.requestHash !== requestHash) {
    const message = `Run ${run.id} was requested with the same key, and something else was asked for.`
    throw new AskError('conflict', message, 'Take another key for another request.')
  }
  return run && { id: run.id, state: run.state, repeated: true }
}

async function skip(tx: Transaction, request: WantedRun): Promise<RequestedRun> {
  const [running] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.dataflowId, request.dataflowId), inArray(runs.state, [...ACTIVE_STATES])))
  const [run] = await tx
    .insert(runs)
    .values({
      ...request,
      continues: null,
      state: 'skipped',
      cause: 'already-running',
      description: `${running ? `Run ${running.id} of this dataflow` : 'Another run'} was still under way. Nothing to do; if this happens every night, schedule it less often.`,
      finishedAt: sql`now()`,
    })
    .onConflictDoNothing()
    .returning({ id: runs.id, state: runs.state })
  // the same request came twice at the same instant, and the other one stands in history by now
  const recorded = run ?? (await sameRequest(tx, request))
  if (!recorded) throw new TypeError('a skipped run could not be recorded')
  return recorded
}
