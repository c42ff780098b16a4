import { eq } from 'drizzle-orm'
import { describePool } from '../cognito/describe.ts'
import { shardsFallShort, type UsersFound } from '../cognito/shards.ts'
import type { Transaction } from '../db/database.ts'
import { onOwnConnection } from '../db/ownConnection.ts'
import { runs, runTables } from '../db/schema/runs.ts'
import type { TableShape } from '../db/table.ts'
import { type Ending, endRun } from '../run/end.ts'
import { readUsersAsOneStream, usersRead } from '../run/fallback.ts'
import { lockToEnd } from '../run/locks.ts'
import { logRun } from '../run/log.ts'
import { type Claim, finishTask, lockRun, markMoved, stillHolds } from '../run/tasks.ts'
import type { TableChange } from '../snapshot/compare.ts'
import { movePointer, publishedSnapshot, rolledBackSince } from '../snapshot/pointer.ts'
import { dropFingerprints } from '../snapshot/privacyCatalogue.ts'
import { publishedImport, snapshotShapes } from '../snapshot/shapes.ts'
import { countKeptAside } from '../snapshot/stage.ts'
import type { Outcome, WorkContext } from './context.ts'
import { fenced } from './fenced.ts'
import { type Hold, reasonToHold } from './hold.ts'
import { carryOverUnread, keepPlacesOf, readUsersOneByOne, type Walks, walksOf, withoutData } from './optIn.ts'
import { catalogueTables, compareTables, countCatalogued, finishTables } from './snapshotTables.ts'
import { carryTables } from './someTables.ts'

/**
 * Publishes a run: checks the shards, has the users asked for one by one, carries over what was not read, finishes its
 * tables, catalogues them and compares them with what readers see now, asks the guard, and moves the pointer in the transaction that ends the run.
 * Each step can be done again, so that a publisher killed anywhere is followed by another; until the last one commits,
 * readers see the old snapshot.
 */
export async function publish(context: WorkContext, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  const { db, dataflow } = context
  const { run } = claim
  const users = await countUsers(context, claim, signal)
  const shapes = await snapshotShapes(db, run.id)
  const walks = await walksOf(db, claim, shapes)
  const outcome = walks.size === 0 ? await readMore(context, claim, { users, shapes }, signal) : null
  if (outcome) return outcome
  const standing = await publishedImport(db, dataflow.id)
  const from = standing?.snapshotId ?? null
  const connection = { name: `publish ${run.id}`, signal, onWork: () => markMoved(db, claim) }
  const changes = await onOwnConnection(db, connection, async (own) => {
    const carried = await fenced(own, claim, async (tx) => {
      await carryTables(tx, context, claim, shapes, standing)
      await carryOverUnread(tx, context, claim, { shapes, walks, standing })
    })
    if (!carried) return null
    await finishTables(own, context, claim, shapes)
    // Each takes seconds of a core, and neither needs the other: a million users were ready in 12 s instead of 15 (measured).
    const [compared] = await Promise.all([
      compareTables(own, context, claim, shapes, from),
      catalogueTables(own, context, claim, shapes),
    ])
    return [...compared, ...(await countCatalogued(own, context, claim, shapes))]
  })
  if (!changes) return 'lost'
  const rolledBackTo = await rolledBackSince(db, dataflow.id, run.baseSnapshotId)
  const empty = withoutData(shapes, walks)
  const judged = changes.filter(({ table }) => !empty.has(table))
  const hold = reasonToHold({ dataflow, rolledBackTo, changes: judged, users })
  return db.transaction((tx) => endWith(tx, context, claim, { shapes, from, changes, walks, hold }))
}

/** What is read after all the rest: the users once more, where shards fell short, or the tables that go by the users. */
async function readMore(
  context: WorkContext,
  claim: Claim,
  { users, shapes }: { users: UsersFound | null; shapes: readonly TableShape[] },
  signal: AbortSignal,
): Promise<Outcome | null> {
  if (users && shardsFallShort(users)) return readAgain(context, claim, users)
  return readUsersOneByOne(context, claim, shapes, signal)
}

/** Nobody at AWS promises that prefixes of sub cover a pool; so what they brought is held against the pool's own count. */
async function countUsers(
  { db, dataflow, pool }: WorkContext,
  { run }: Claim,
  signal: AbortSignal,
): Promise<UsersFound | null> {
  const read = await usersRead(db, run.id)
  if (read === null) return null
  const { estimatedUsers } = await describePool(pool, signal)
  const keptAside = await countKeptAside(db, { dataflow, snapshotId: run.id }, 'users')
  return { ...read, keptAside, estimated: Math.min(run.estimatedUsers ?? 0, estimatedUsers) }
}

async function readAgain({ db, pool }: WorkContext, claim: Claim, users: UsersFound): Promise<Outcome> {
  return db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await finishTask(tx, claim, pool.takeCounts()))) return 'lost'
    await readUsersAsOneStream(tx, claim.run.id)
    await logRun(tx, claim.run.id, describeShortfall(users), 'warning')
    return 'done'
  })
}

function describeShortfall({ byShards, estimated }: UsersFound): string {
  const [found, expected] = [byShards, estimated].map((count) => count.toLocaleString('en'))
  return `The streams brought ${found} users, and Cognito counts about ${expected}: all are read once more as one stream.`
}

interface Verdict {
  readonly shapes: readonly TableShape[]
  readonly from: number | null
  readonly changes: readonly TableChange[]
  readonly walks: Walks
  readonly hold: Hold | null
}

async function endWith(
  tx: Transaction,
  { dataflow, pool }: WorkContext,
  claim: Claim,
  { shapes, from, changes, walks, hold }: Verdict,
): Promise<Outcome> {
  const { run } = claim
  await lockToEnd(tx, run.id)
  if (!(await stillHolds(tx, claim))) return 'lost'
  const move = { dataflowId: dataflow.id, from, to: run.id, reason: 'publish', by: `run ${run.id}` } as const
  const standing =
    hold || run.dryRun ? (await publishedSnapshot(tx, dataflow.id)) === from : await movePointer(tx, move)
  // something else was published since the comparison: compare again
  if (!standing) return 'again'
  await tx.insert(runTables).values(changes.map((change) => ({ runId: run.id, ...change })))
  await keepPlacesOf(tx, claim, { shapes, walks, from })
  for (const shape of shapes.filter(({ holds }) => holds === 'fingerprints')) {
    await dropFingerprints(tx, { dataflow, snapshotId: run.id, shape })
  }
  await finishTask(tx, claim, pool.takeCounts())
  // approve expects to find published what this comparison was made with
  if (hold) await tx.update(runs).set({ baseSnapshotId: from }).where(eq(runs.id, run.id))
  await endRun(tx, run.id, endingOf(run, hold))
  return 'done'
}

function endingOf({ id, dryRun }: Claim['run'], hold: Hold | null): Ending {
  if (dryRun) {
    const outlook = hold ? `A real run would be held: ${hold.doubts}` : 'A real run would have been published.'
    return { to: 'succeeded', publishes: false, description: `A dry run: nothing was published. ${outlook}` }
  }
  if (!hold) return { to: 'succeeded' }
  const decide = `Publish it with \`poolkeeper approve ${id}\`, or drop it with \`poolkeeper discard ${id}\`.`
  return { to: 'held', cause: hold.cause, description: `${hold.doubts} ${decide}` }
}
