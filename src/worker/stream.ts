import { sourceTable } from '../cognito/catalogue.ts'
import { isQuotaBusy } from '../cognito/errors.ts'
import { type Position, readPages } from '../cognito/pages.ts'
import type { StreamSource } from '../db/schema/tasks.ts'
import { GiveUpError } from '../errors.ts'
import { readUsersAsOneStream } from '../run/fallback.ts'
import { logRun } from '../run/log.ts'
import { type Claim, lockRun, restartStream, stillHolds } from '../run/tasks.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import type { StagedTable } from '../snapshot/stage.ts'
import { commitPages } from './commitPages.ts'
import type { Outcome, WorkContext } from './context.ts'
import { mapRecords, NOTHING, rowMapper } from './mapRecords.ts'
import { readAhead } from './readAhead.ts'
import { splitSlowest } from './splitSlowest.ts'
import { readUserByUser, type StreamPage } from './userByUser.ts'

/**
 * A stream goes back to the queue's tail after 15 s, so that a pool of five million can't starve one of fifty; give or take
 * a quarter, or all streams of a run would go back at the same moment and leave the quota unused until they are handed out.
 */
const SLICE_MS = { least: 11_250, most: 18_750 }

/** A token that is refused again and again is no expired one. */
const MAX_RESTARTS = 3

/**
 * Pages in one commit, where they come faster than Postgres takes them. For 60,000 users without a quota, worker and Postgres
 * took 8.2 s of a core with 5 pages, 8.8 s with 10 and 9.8 s with 1; each holds another page of each stream in memory, twice:
 * a worker that read a million users with four came to 195 MB, with five to 201.
 */
const MOST_AT_ONCE = 4

/**
 * Pages in one commit of all streams of a worker together. A worker whose core was full with 256 streams took 900 MB with
 * five pages each and kept up with 8.3 accounts, with one each 390 MB and 6.1; with 128 streams of three pages 380 MB and 7.5.
 */
const IN_A_WORKER = 400

/**
 * Reads a slice of a stream: page after page, those that came during a commit in the next one, which stages their rows and
 * moves the checkpoint in one fenced transaction. The stream that ends last asks for the publish.
 */
export async function stream(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  const source = sourceOf(claim)
  const target = await stagedTable(context, claim, source)
  const toRow = target && rowMapper(context, target.shape)
  const sliceEnds = Date.now() + SLICE_MS.least + Math.random() * (SLICE_MS.most - SLICE_MS.least)
  const { token, page, loopMark, seen } = claim.task
  let position: Position = { token, page, loopMark, seen }
  let rows = claim.task.rows
  let endsAt = source.until
  const told = new Set<string>()
  const slice = { source, sliceEnds, endsAt: () => endsAt }
  const atOnce = Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(IN_A_WORKER / context.tasksUnderWay())))
  try {
    for await (const pages of readAhead((stop) => readSlice(context, claim, slice, stop), atOnce, signal)) {
      const read = together(pages)
      const batch = toRow ? mapRecords(read.records, toRow) : NOTHING
      const passed = await commitPages(context, claim, {
        source,
        target,
        position,
        rowsBefore: rows,
        read,
        batch,
        told,
      })
      if (!passed) return 'lost'
      endsAt = passed.until ?? undefined
      position = read.next
      rows += read.records.length
      context.onProgress({ page: position.page, rows })
      if (read.last) return 'done'
    }
  } catch (error) {
    if (signal.aborted) return 'again'
    // the slice is over: it has got somewhere
    if (isQuotaBusy(error) && position.page > page) return 'again'
    return readOtherwise(context, claim, source, error)
  }
  if (source.prefix) await splitAtTheEndOfASlice(context, claim)
  return 'again'
}

/** Where answers take long, streams under way are too few from the beginning, and none of them ends soon. */
async function splitAtTheEndOfASlice({ db }: WorkContext, claim: Claim): Promise<void> {
  await db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (await stillHolds(tx, claim)) await splitSlowest(tx, claim.run.id)
  })
}

/** Pages that follow each other, as one. */
function together(pages: readonly [StreamPage, ...StreamPage[]]): StreamPage {
  const last = pages.at(-1) ?? pages[0]
  return { ...last, records: pages.flatMap(({ records }) => records) }
}

interface Slice {
  readonly source: StreamSource
  readonly sliceEnds: number
  /** Where a shard ends by now. */
  readonly endsAt: () => string | undefined
}

/** A slice, by Cognito's own pages or user by user. */
function readSlice(
  context: WorkContext,
  claim: Claim,
  { source, sliceEnds, endsAt }: Slice,
  signal: AbortSignal,
): AsyncIterable<StreamPage> {
  const table = sourceTable(source.source)
  if (table.optIn) return readUserByUser(context, claim, table, { signal, until: sliceEnds })
  return readPages(context.pool, source, claim.task, { signal, until: sliceEnds, endsAt })
}

/**
 * What can be mended by reading otherwise: an expired token by starting over, a pool that refuses the filter by one
 * stream without it. Rows that were staged stay; doubles are removed when the tables are finished.
 */
async function readOtherwise(
  { db }: WorkContext,
  claim: Claim,
  source: StreamSource,
  error: unknown,
): Promise<Outcome> {
  if (!(error instanceof GiveUpError)) throw error
  if (error.code === 'token-expired' && claim.task.restarts < MAX_RESTARTS) {
    await restartStream(db, claim)
    return 'again'
  }
  if (error.code === 'request-refused' && source.source === 'users' && source.prefix) {
    await db.transaction(async (tx) => {
      await lockRun(tx, claim.run.id)
      if (!(await stillHolds(tx, claim))) return
      await readUsersAsOneStream(tx, claim.run.id)
      await logRun(
        tx,
        claim.run.id,
        'Cognito refuses to part the users by sub: they are read as one stream.',
        'warning',
      )
    })
    return 'lost'
  }
  throw error
}

function sourceOf({ task }: Claim): StreamSource {
  if (!task.stream) throw new TypeError(`task ${task.id} is no stream`)
  return task.stream
}

/** Where the rows go; null for groups that are read only to find their members, chosen or not. */
async function stagedTable(
  { db, dataflow }: WorkContext,
  { run }: Claim,
  source: StreamSource,
): Promise<StagedTable | null> {
  const shape = (await snapshotShapes(db, run.id)).find(({ table }) => table === source.source)
  return shape && !shape.carried ? { dataflow, snapshotId: run.id, shape } : null
}
