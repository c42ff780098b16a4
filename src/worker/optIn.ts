import { CATALOGUE } from '../cognito/catalogue.ts'
import { describePool, type PoolDescription } from '../cognito/describe.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { Database, Transaction } from '../db/database.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import type { Place } from '../db/schema/snapshots.ts'
import type { TableShape } from '../db/table.ts'
import { moveRun } from '../run/move.ts'
import { addStreams, type Claim, checkpointsOf, finishTask, lockRun, markMoved } from '../run/tasks.ts'
import { type CarriedFrom, carryOver } from '../snapshot/carryOver.ts'
import { finishTable } from '../snapshot/finish.ts'
import { keepPlaces } from '../snapshot/places.ts'
import type { Walk } from '../snapshot/ring.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import type { Outcome, WorkContext } from './context.ts'
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
  await finishUsers(context, claim, signal)
  return context.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await finishTask(tx, claim, context.pool.takeCounts()))) return 'lost'
    await addStreams(tx, claim.run.id, streams)
    await moveRun(tx, claim.run.id, 'streaming')
    return 'done'
  })
}

async function finishUsers(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<void> {
  const { db } = context
  const users = await usersTable(context, claim.run.id)
  const connection = { name: `users ${claim.run.id}`, signal, onWork: () => markMoved(db, claim) }
  await onOwnConnection(db, connection, (own) => finishTable(own, users))
}

/** Fills up the opt-in tables with the rows of those who were not asked this time, from what readers see now. */
export async function carryOverUnread(
  db: Database,
  { dataflow }: WorkContext,
  { run }: Claim,
  { shapes, walks, from }: { shapes: readonly TableShape[]; walks: Walks; from: number | null },
): Promise<void> {
  if (walks.size === 0) return
  const users = await usersTable({ db, dataflow }, run.id)
  const before = from === null ? [] : await snapshotShapes(db, from)
  for (const shape of shapes) {
    const walk = walks.get(shape.table)
    if (!walk) continue
    const source = walk.to && carriedFrom(from, before, shape)
    await carryOver(db, { dataflow, snapshotId: run.id, shape }, users, walk, source)
  }
}

function carriedFrom(
  snapshotId: number | null,
  before: readonly TableShape[],
  { table }: TableShape,
): CarriedFrom | null {
  const shape = before.find((one) => one.table === table)
  return snapshotId !== null && shape ? { snapshotId, shape } : null
}

/** Which opt-in tables stay empty because of what the pool is, for history. */
export function notesOnMissing(shapes: readonly TableShape[], pool: PoolDescription): string[] {
  return optInTables(shapes)
    .filter((table) => table.streams(pool).length === 0)
    .map(noteOnMissing)
}

/** Keeps how far each walk got, for the next run. */
export async function keepPlacesOf(tx: Transaction, { run }: Claim, walks: Walks): Promise<void> {
  const places: Record<string, Place> = {}
  for (const [source, { to }] of walks) if (to) places[source] = to
  await keepPlaces(tx, run.id, places)
}

/** The opt-in tables of which nobody could be asked: they are empty because the pool keeps no such data. */
export function withoutData(shapes: readonly TableShape[], walks: Walks): ReadonlySet<string> {
  const sources = optInTables(shapes).map(({ source }) => source)
  return new Set(sources.filter((source) => !walks.get(source)?.to))
}

/** By what the run was planned with: the dataflow may have been edited since. */
function optInTables(shapes: readonly TableShape[]): SourceTable[] {
  return shapes.flatMap(({ table }) => CATALOGUE.get(table) ?? []).filter(({ optIn }) => optIn)
}
