import type { SQL } from 'drizzle-orm'
import type { Position } from '../cognito/pages.ts'
import type { Queryable } from '../db/database.ts'
import type { StreamSource } from '../db/schema/tasks.ts'
import { logSeldom } from '../run/log.ts'
import { addNotes } from '../run/notes.ts'
import { type Claim, checkpointFence, lockRun, type Passed, publishWhenAllRead } from '../run/tasks.ts'
import type { Usage } from '../run/usage.ts'
import { type StagedTable, stageRows } from '../snapshot/stage.ts'
import type { WorkContext } from './context.ts'
import { logMisfits } from './logMisfits.ts'
import type { Batch } from './mapRecords.ts'
import { addMemberStreams } from './memberStreams.ts'
import { splitSlowest } from './splitSlowest.ts'
import type { StreamPage } from './userByUser.ts'

/** Pages that follow each other, to be committed as one. */
export interface PagesCommit {
  readonly source: StreamSource
  readonly target: StagedTable | null
  readonly position: Position
  readonly rowsBefore: number
  readonly read: StreamPage
  readonly batch: Batch
  /** What this slice has told the run's log of values that did not fit. */
  readonly told: Set<string>
}

/**
 * Stages pages and moves the checkpoint; with it, what they decide for the run: the streams that a page of groups finds, and
 * after the last page the split of a shard that is far behind, or the publish. Then the run's row is locked first, as
 * everybody does who ends things.
 * @returns undefined when the claim is lost.
 */
export async function commitPages(
  context: WorkContext,
  claim: Claim,
  commit: PagesCommit,
): Promise<Passed | undefined> {
  const { source, read } = commit
  if (!read.last && source.source !== 'groups') return stagePages(context.db, context, claim, commit)
  return context.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    const passed = await stagePages(tx, context, claim, commit)
    if (!passed) return undefined
    if (source.source === 'groups') await addMemberStreams(tx, claim, commit)
    if (read.note) await addNotes(tx, claim.run.id, [read.note])
    if (read.last) {
      await splitSlowest(tx, claim.run.id)
      await publishWhenAllRead(tx, claim.run.id)
    }
    return passed
  })
}

async function stagePages(
  db: Queryable,
  { pool }: WorkContext,
  claim: Claim,
  { target, position, read, batch, told }: PagesCommit,
): Promise<Passed | undefined> {
  const usage: Usage = { ...pool.takeCounts(), warnings: batch.warnings }
  const fence = checkpointFence(claim, position, read.next, { rows: read.records.length, usage, done: read.last })
  const passed = await stage(db, target, batch, fence)
  if (!passed) return undefined
  if (usage.throttled > 0) await logSeldom(db, claim.run.id, THROTTLED, { minutes: 2 })
  if (target) await logMisfits(db, claim.run.id, target.shape, batch, told)
  return passed
}

async function stage(db: Queryable, target: StagedTable | null, batch: Batch, fence: SQL): Promise<Passed | undefined> {
  if (target) return stageRows(db, target, batch.rows, batch.rejects, fence)
  const [passed] = await db.execute<Passed>(fence)
  return passed
}

/** A ceiling recovers by itself from one throttling within 100 s. */
const THROTTLED = 'Cognito throttles: all workers go at half the pace, and are back at the whole one within 100 s.'
