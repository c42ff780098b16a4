import { DEFAULT_BUDGET } from '../cognito/optInCost.ts'
import type { Page, Position } from '../cognito/pages.ts'
import { HALFWAY } from '../cognito/shardPlace.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { Queryable } from '../db/database.ts'
import type { Place } from '../db/schema/snapshots.ts'
import type { Claim } from '../run/tasks.ts'
import { placesOf } from '../snapshot/places.ts'
import { nextOnRing, type RingUser, type Walk } from '../snapshot/ring.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import type { StagedTable } from '../snapshot/stage.ts'
import type { WorkContext } from './context.ts'
import { askAhead, type Questions } from './questions.ts'

/** Looking for the next users goes through all of them: half a second of a million (measured), for 10 to 20 s of requests. */
const USERS_AT_ONCE = 1_000

/** A page, and what history should say of it. */
export interface StreamPage extends Page {
  readonly note?: string
}

/** What the checkpoint of such a stream keeps. */
export interface Checkpoint extends Walk {
  /** Spent of the budget by what has been committed. */
  readonly requests: number
}

/** For how long a slice reads. */
export interface Slice {
  readonly signal: AbortSignal
  /** When it is over (ms since 1970): no page is begun after it, and no request waits for its quota any longer. */
  readonly until: number
}

/**
 * Reads a slice of an opt-in table: a page is what Cognito says of the next 60 users on the ring. The table ends where the
 * run's budget is used up or everybody has been asked; its last page is empty. A user who was begun is read to the end, so
 * that the last pages may spend more than was left, where users have more than one page of records. The slice ends with a
 * page that is shorter than it was begun as well.
 * @throws PoolkeeperError as `PoolClient.send`; the signal's reason once aborted.
 */
export async function* readUserByUser(
  context: WorkContext,
  claim: Claim,
  table: SourceTable,
  slice: Slice,
): AsyncGenerator<StreamPage, void, undefined> {
  const { token, page, loopMark } = claim.task
  let position: Position = { token, page, loopMark }
  let checkpoint = await checkpointOf(context, claim, table.source)
  const questions = await beginAsking(context, claim, table, { ...slice, from: checkpoint })
  try {
    for (;;) {
      const question = await questions.next(checkpoint.requests)
      if (question === 'slice-over') return
      if (question === 'nobody-left') return yield nothingMore(position)
      const { users } = question
      const listed = await question.answer()
      if (listed === 'feature-off') return yield withoutPlace(position, table)
      const { records, requests = 0, answered = users.length } = listed
      checkpoint = { from: checkpoint.from, to: placeOf(users, answered), requests: checkpoint.requests + requests }
      position = { page: position.page + 1, token: JSON.stringify(checkpoint), loopMark: null }
      yield { records, next: position, last: false }
      if (answered < users.length) return
    }
  } finally {
    questions.stop()
  }
}

async function beginAsking(
  context: WorkContext,
  claim: Claim,
  table: SourceTable,
  { from, signal, until }: Slice & { readonly from: Walk },
): Promise<Questions> {
  const { source } = table
  const pool = context.pool.waiting({ progress: HALFWAY, until })
  return askAhead({
    take: await userTaker(context, claim, from),
    ask: (users, signal) => table.listPage({ pool, stream: { source }, token: undefined, users, signal }),
    budget: context.dataflow.tables.find((choice) => choice.source === source)?.budget ?? DEFAULT_BUDGET,
    ...{ signal, until },
  })
}

/** The place of the last user who was asked about. */
function placeOf(users: readonly RingUser[], asked: number): Place | null {
  const last = users[asked - 1]
  return last ? { at: last.at, sub: last.sub } : null
}

/** Keeps the place: the walk ends where it got. */
function nothingMore(position: Position): StreamPage {
  return { records: [], next: { ...position, page: position.page + 1 }, last: true }
}

/** Without a place: nobody counts as read. */
function withoutPlace({ page }: Position, table: SourceTable): StreamPage {
  return { records: [], next: { page: page + 1, token: null, loopMark: null }, last: true, note: noteOnMissing(table) }
}

/** Why an opt-in table is empty, for history. */
export function noteOnMissing({ source, optIn }: SourceTable): string {
  return `${source} is empty: this pool keeps no such data, because ${optIn?.needs ?? 'a feature'} is off.`
}

/** A first page goes on behind the last user of the snapshot that was published when the run was planned. */
async function checkpointOf({ db }: WorkContext, { task, run }: Claim, source: string): Promise<Checkpoint> {
  if (task.token !== null) return parseCheckpoint(task.token)
  const { [source]: from = null } = await placesOf(db, run.baseSnapshotId)
  return { from, to: null, requests: 0 }
}

/** The token of such a stream is ours. */
export function parseCheckpoint(token: string): Checkpoint {
  return JSON.parse(token) as Checkpoint
}

/** Takes users off the ring from a place on, many at a time, and hands them out. */
async function userTaker({ db, dataflow }: WorkContext, { run }: Claim, from: Walk) {
  const users = await usersTable({ db, dataflow }, run.id)
  let walk = from
  let ahead: RingUser[] = []
  return async (atMost: number) => {
    if (ahead.length === 0) ahead = await nextOnRing(db, users, walk, USERS_AT_ONCE)
    const taken = ahead.splice(0, atMost)
    walk = { from: walk.from, to: placeOf(taken, taken.length) ?? walk.to }
    return taken
  }
}

/** The users of a run. Who chose an opt-in table chose them as well (`src/dataflow/optIn.ts`). */
export async function usersTable(
  { db, dataflow }: Pick<WorkContext, 'dataflow'> & { readonly db: Queryable },
  snapshotId: number,
): Promise<StagedTable> {
  const shape = (await snapshotShapes(db, snapshotId)).find(({ table }) => table === 'users')
  if (!shape) throw new TypeError(`run ${snapshotId} has no users to ask for one by one`)
  return { dataflow, snapshotId, shape }
}
