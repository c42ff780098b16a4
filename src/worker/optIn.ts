import { describePool, type PoolDescription } from '../cognito/describe.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { Database, Transaction } from '../db/database.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import type { Place } from '../db/schema/snapshots.ts'
import type { TableShape } from '../db/table.ts'
import { logRun } from '../run/log.ts'
import { moveRun } from '../run/move.ts'
import { addStreams, type Claim, checkpointsOf, finishTask, lockRun, markMoved } from '../run/tasks.ts'
import { type CarriedFrom, carryOver } from '../snapshot/carryOver.ts'
import { finishTable } from '../snapshot/finish.ts'
import { keepPlaces, placesOf } from '../snapshot/places.ts'
import type { Walk } from '../snapshot/ring.ts'
import { type PublishedImport, publishedImport } from '../snapshot/shapes.ts'
import type { Outcome, WorkContext } from './context.ts'
import { fenced } from './fenced.ts'
import { carryTables, tablesToRead } from './someTables.ts'
import { noteOnMissing, parseCheckpoint, usersTable } from './userByUser.ts'

/** The walks of a run, by table: whom its opt-in streams have asked for. */
export type Walks = ReadonlyMap<string, Walk>

const NOBODY: Walk = { from: null, to: null }

/** What a run's opt-in streams have read; empty before they were added, and where there are none. */
export async function walksOf(db: Database, { run }: Claim, shapes: readonly TableShape[]): Promise<Walks> {
  const sources = optInTables(shapes).map(({ source }) => source)
  const tokens = await checkpointsOf(db, run.id, sources)
  return new Map([...tokens].map(([source, token]) => [source, token === null ? NOBODY : parseCheckpoint(token)]))
}

/**
 * Has the opt-in tables read, now that the users are known: their table is finished, so that everybody stands in it once,
 * and the run goes back to streaming.
 * @returns null when there is nothing to read.
 */
export async function readUsersOneByOne(
  context: WorkContext,
  claim: Claim,
  shapes: readonly TableShape[],
  signal: AbortSignal,
): Promise<Outcome | null> {
  const tables = optInTables(shapes)
  if (tables.length === 0) return null
  const pool = await describePool(context.pool, signal)
  const streams = tables.flatMap((table) => table.streams(pool)).map((stream) => ({ stream, label: stream.source }))
  if (streams.length === 0) return null
  if (!(await finishUsers(context, claim, signal))) return 'lost'
  return context.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await finishTask(tx, claim, context.pool.takeCounts()))) return 'lost'
    await addStreams(tx, claim.run.id, streams)
    const read = streams.map(({ label }) => label)
    await logRun(tx, claim.run.id, `The users are known: each is asked for ${new Intl.ListFormat('en').format(read)}.`)
    await moveRun(tx, claim.run.id, 'streaming')
    return 'done'
  })
}

/** Where the users were not read, those whom readers see are asked. @returns false when the claim is lost */
async function finishUsers(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<boolean> {
  const { db, dataflow } = context
  const users = await usersTable(context, claim.run.id)
  const connection = { name: `users ${claim.run.id}`, signal, onWork: () => markMoved(db, claim) }
  const standing = await publishedImport(db, dataflow.id)
  return onOwnConnection(db, connection, async (own) => {
    const carried = await fenced(own, claim, (tx) => carryTables(tx, context, claim, [users.shape], standing))
    if (carried) await finishTable(own, users)
    return carried
  })
}

/** Fills up the opt-in tables with the rows of those who were not asked this time, from what readers see now. */
export async function carryOverUnread(
  tx: Transaction,
  { dataflow }: WorkContext,
  { run }: Claim,
  { shapes, walks, standing }: { shapes: readonly TableShape[]; walks: Walks; standing: PublishedImport | null },
): Promise<void> {
  if (walks.size === 0) return
  const users = await usersTable({ db: tx, dataflow }, run.id)
  for (const shape of shapes) {
    const walk = walks.get(shape.table)
    if (!walk) continue
    const source = walk.to && carriedFrom(standing, shape)
    await carryOver(tx, { dataflow, snapshotId: run.id, shape }, users, walk, source)
  }
}

function carriedFrom(standing: PublishedImport | null, { table }: TableShape): CarriedFrom | null {
  const shape = standing?.tables.find((one) => one.table === table)
  return standing && shape ? { snapshotId: standing.snapshotId, shape } : null
}

/** Which opt-in tables stay empty because of what the pool is, for history. */
export function notesOnMissing(shapes: readonly TableShape[], pool: PoolDescription): string[] {
  return optInTables(shapes)
    .filter((table) => table.streams(pool).length === 0)
    .map(noteOnMissing)
}

/** Keeps how far each walk got, for the next run. Of a table that was not read it is where the last one left it. */
export async function keepPlacesOf(
  tx: Transaction,
  { run }: Claim,
  { shapes, walks, from }: { shapes: readonly TableShape[]; walks: Walks; from: number | null },
): Promise<void> {
  const before = await placesOf(tx, from)
  const places: Record<string, Place> = {}
  for (const { table, carried } of shapes) {
    const place = carried ? before[table] : walks.get(table)?.to
    if (place) places[table] = place
  }
  await keepPlaces(tx, run.id, places)
}

/** The opt-in tables of which nobody could be asked: they are empty because the pool keeps no such data. */
export function withoutData(shapes: readonly TableShape[], walks: Walks): ReadonlySet<string> {
  const sources = optInTables(shapes).map(({ source }) => source)
  return new Set(sources.filter((source) => !walks.get(source)?.to))
}

function optInTables(shapes: readonly TableShape[]): SourceTable[] {
  return tablesToRead(shapes).filter(({ optIn }) => optIn)
}
