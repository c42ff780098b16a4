import { sourceTable } from '../cognito/catalogue.ts'
import { isQuotaBusy } from '../cognito/errors.ts'
import { fingerprinted, fingerprintsOf } from '../cognito/fingerprint.ts'
import { type Position, readPages } from '../cognito/pages.ts'
import type { Mapped } from '../cognito/sourceTable.ts'
import { withTreatments } from '../cognito/treatRows.ts'
import type { Queryable } from '../db/database.ts'
import type { StreamSource } from '../db/schema.ts'
import type { Row, TableShape } from '../db/table.ts'
import { GiveUpError } from '../errors.ts'
import { readUsersAsOneStream } from '../run/fallback.ts'
import { addNotes } from '../run/notes.ts'
import {
  type Claim,
  checkpointFence,
  lockRun,
  publishWhenAllRead,
  restartStream,
  stillHolds,
  type Usage,
} from '../run/tasks.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import { type Reject, type StagedTable, stageRows } from '../snapshot/stage.ts'
import type { Outcome, WorkContext } from './context.ts'
import { fingerprintKey } from './fingerprintKey.ts'
import { addMemberStreams } from './memberStreams.ts'
import { readAhead } from './readAhead.ts'
import { readUserByUser, type StreamPage } from './userByUser.ts'

/**
 * A stream goes back to the queue's tail after 15 s, so that a pool of five million can't starve one of fifty; give or take
 * a quarter, or all streams of a run would go back at the same moment and leave the quota unused until they are handed out.
 */
const SLICE_MS = { least: 11_250, most: 18_750 }

/** A token that is refused again and again is no expired one. */
const MAX_RESTARTS = 3

/**
 * Pages in one commit, where they come faster than Postgres takes them.
 */
const AT_ONCE = 5

/**
 * Reads a slice of a stream: page after page, the rows of those that came during a commit and the checkpoint in one fenced
 * transaction.
 * The stream that ends last asks for the publish.
 */
export async function stream(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  const source = sourceOf(claim)
  const target = await stagedTable(context, claim, source)
  const toRow = target && rowMapper(context, target.shape)
  const sliceEnds = Date.now() + SLICE_MS.least + Math.random() * (SLICE_MS.most - SLICE_MS.least)
  const { token, page, loopMark, seen } = claim.task
  let position: Position = { token, page, loopMark, seen }
  let rows = claim.task.rows
  try {
    for await (const pages of readAhead(
      (stop) => slice(context, claim, { source, sliceEnds }, stop),
      AT_ONCE,
      signal,
    )) {
      const read = together(pages)
      const batch = toRow ? mapRecords(read.records, toRow) : NOTHING
      if (!(await commitPage(context, claim, { source, target, position, rowsBefore: rows, read, batch })))
        return 'lost'
      position = read.next
      rows += read.records.length
      context.onProgress({ page: position.page, rows })
      if (read.last) return 'done'
    }
    return 'again'
  } catch (error) {
    if (signal.aborted) return 'again'
    // the slice is over: it has got somewhere
    if (isQuotaBusy(error) && position.page > page) return 'again'
    return readOtherwise(context, claim, source, error)
  }
}

/** Pages that follow each other, as one. */
function together(pages: readonly [StreamPage, ...StreamPage[]]): StreamPage {
  const last = pages.at(-1) ?? pages[0]
  return { ...last, records: pages.flatMap(({ records }) => records) }
}

/** A slice, by Cognito's own pages or user by user. */
function slice(
  context: WorkContext,
  claim: Claim,
  { source, sliceEnds }: { source: StreamSource; sliceEnds: number },
  signal: AbortSignal,
): AsyncIterable<StreamPage> {
  const table = sourceTable(source.source)
  if (table.optIn) return readUserByUser(context, claim, table, { signal, until: sliceEnds })
  return readPages(context.pool, source, claim.task, { signal, until: sliceEnds })
}

/** How records become what is staged. Treatments come first, so that the catalogue tells of what a row would hold. */
function rowMapper(context: WorkContext, shape: TableShape): (record: unknown) => Mapped {
  const { hashKey, dataflow } = context
  const toRow = withTreatments(sourceTable(shape.table).rowMapper(shape), shape, hashKey)
  if (shape.holds !== 'fingerprints') return toRow
  return fingerprinted(toRow, shape, fingerprintsOf(fingerprintKey(context, shape), dataflow.id))
}

interface Batch {
  readonly rows: readonly Row[]
  readonly rejects: readonly Reject[]
  readonly warnings: number
}

const NOTHING: Batch = { rows: [], rejects: [], warnings: 0 }

function mapRecords(records: readonly unknown[], toRow: (record: unknown) => Mapped): Batch {
  const rows: Row[] = []
  const rejects: Reject[] = []
  let warnings = 0
  for (const record of records) {
    const mapped = toRow(record)
    if ('row' in mapped) {
      rows.push(mapped.row)
      warnings += mapped.warnings
    } else {
      rejects.push({ reason: mapped.reject, record: mapped.record })
      warnings += 1
    }
  }
  return { rows, rejects, warnings }
}

interface PageCommit {
  readonly source: StreamSource
  readonly target: StagedTable | null
  readonly position: Position
  readonly rowsBefore: number
  readonly read: StreamPage
  readonly batch: Batch
}

/**
 * Stages a page and moves the checkpoint; with it, what the page decides for the run: the streams that a page of groups
 * finds, and after the last page the publish. Then the run's row is locked first, as everybody does who ends things.
 * @returns false when the claim is lost.
 */
async function commitPage(context: WorkContext, claim: Claim, commit: PageCommit): Promise<boolean> {
  const { source, read } = commit
  if (!read.last && source.source !== 'groups') return stagePage(context.db, context, claim, commit)
  return context.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await stagePage(tx, context, claim, commit))) return false
    if (source.source === 'groups') await addMemberStreams(tx, context, claim, commit)
    if (read.note) await addNotes(tx, claim.run.id, [read.note])
    if (read.last) await publishWhenAllRead(tx, claim.run.id)
    return true
  })
}

async function stagePage(
  db: Queryable,
  { pool }: WorkContext,
  claim: Claim,
  { target, position, read, batch }: PageCommit,
): Promise<boolean> {
  const usage: Usage = { ...pool.takeCounts(), warnings: batch.warnings }
  const fence = checkpointFence(claim, position, read.next, { rows: read.records.length, usage, done: read.last })
  if (target) return stageRows(db, target, batch.rows, batch.rejects, fence)
  return (await db.execute(fence)).length === 1
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
      if (await stillHolds(tx, claim)) await readUsersAsOneStream(tx, claim.run.id)
    })
    return 'lost'
  }
  throw error
}

function sourceOf({ task }: Claim): StreamSource {
  if (!task.stream) throw new TypeError(`task ${task.id} is no stream`)
  return task.stream
}

/** Where the rows go; null for groups that are read only to find their members. */
async function stagedTable(
  { db, dataflow }: WorkContext,
  { run }: Claim,
  source: StreamSource,
): Promise<StagedTable | null> {
  const shape = (await snapshotShapes(db, run.id)).find(({ table }) => table === source.source)
  return shape ? { dataflow, snapshotId: run.id, shape } : null
}
