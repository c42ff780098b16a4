import { isFeatureOff } from '../cognito/errors.ts'
import { DEFAULT_BUDGET } from '../cognito/optInCost.ts'
import { PAGE_SIZE } from '../cognito/pageSize.ts'
import type { Page, Position } from '../cognito/pages.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { Claim } from '../run/tasks.ts'
import { placesOf } from '../snapshot/places.ts'
import { nextOnRing, type RingUser, type Walk } from '../snapshot/ring.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import type { StagedTable } from '../snapshot/stage.ts'
import type { WorkContext } from './context.ts'

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

/**
 * Reads an opt-in table: a page is what Cognito says of the next 60 users on the ring. It ends where the run's budget is
 * used up or everybody has been asked; its last page is empty. A user who was begun is read to the end, so that the last
 * page may spend more than was left, where users have more than one page of records.
 * @throws PoolkeeperError as `PoolClient.send`; the signal's reason once aborted.
 */
export async function* readUserByUser(
  context: WorkContext,
  claim: Claim,
  table: SourceTable,
  signal: AbortSignal,
): AsyncGenerator<StreamPage, void, undefined> {
  const { source } = table
  const budget = context.dataflow.tables.find((choice) => choice.source === source)?.budget ?? DEFAULT_BUDGET
  const take = await userTaker(context, claim)
  const { token, page, loopMark } = claim.task
  let position: Position = { token, page, loopMark }
  let checkpoint = await checkpointOf(context, claim, source)
  for (;;) {
    const users = await take(checkpoint, Math.min(PAGE_SIZE, budget - checkpoint.requests))
    const last = users.at(-1)
    if (!last) return yield { records: [], next: { ...position, page: position.page + 1 }, last: true }
    const request = { pool: context.pool, stream: { source }, token: undefined, users, signal }
    const listed = await orFeatureOff(table.listPage(request))
    if (listed === 'feature-off') return yield withoutPlace(position, table)
    const { records, requests = 0 } = listed
    const to = { at: last.at, sub: last.sub }
    checkpoint = { from: checkpoint.from, to, requests: checkpoint.requests + requests }
    position = { page: position.page + 1, token: JSON.stringify(checkpoint), loopMark: null }
    yield { records, next: position, last: false }
  }
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

type Take = (walk: Walk, atMost: number) => Promise<RingUser[]>

/** Takes users off the ring, many at a time, and hands them out in pages. */
async function userTaker({ db, dataflow }: WorkContext, { run }: Claim): Promise<Take> {
  const users = await usersTable({ db, dataflow }, run.id)
  let taken: RingUser[] = []
  return async (walk, atMost) => {
    if (atMost <= 0) return []
    if (taken.length === 0) taken = await nextOnRing(db, users, walk, USERS_AT_ONCE)
    return taken.splice(0, atMost)
  }
}

/** The users of a run. Who chose an opt-in table chose them as well (`src/dataflow/optIn.ts`). */
export async function usersTable(
  { db, dataflow }: Pick<WorkContext, 'db' | 'dataflow'>,
  snapshotId: number,
): Promise<StagedTable> {
  const shape = (await snapshotShapes(db, snapshotId)).find(({ table }) => table === 'users')
  if (!shape) throw new TypeError(`run ${snapshotId} has no users to ask for one by one`)
  return { dataflow, snapshotId, shape }
}

async function orFeatureOff<T>(answer: Promise<T>): Promise<T | 'feature-off'> {
  try {
    return await answer
  } catch (error) {
    if (isFeatureOff(error)) return 'feature-off'
    throw error
  }
}
