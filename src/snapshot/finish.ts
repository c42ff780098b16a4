import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '../db/database.ts'
import { stagedShape } from '../db/stagedShape.ts'
import { errorCode } from '../errors.ts'
import { withLockTimeout } from './locks.ts'
import { partitionOf, type StagedTable } from './stage.ts'
import { columnList, isShown, qualified } from './tables.ts'

const UNIQUE_VIOLATION = '23505'

/**
 * Makes a staged table ready to be read: one row a key, its primary key, a partition of its parent, with statistics.
 * Fingerprints are no partition of anything: they are counted where they are.
 * Each step looks whether it is done already, so that a publisher killed in between is simply followed by another. One
 * that was only taken for dead does no harm either: each step is taken under a lock that lets readers pass and makes
 * the other publisher wait.
 */
export async function finishTable(db: Database, target: StagedTable): Promise<void> {
  if (target.shape.key.length > 0) await buildKey(db, target)
  if (!isShown(target.shape)) return
  await attach(db, target)
  await db.execute(sql`analyze ${partitionOf(target)}`)
}

/**
 * Most imports hold no doubles, so the key is tried first, and only if it can't be built are they looked for.
 * Doubles are normal all the same: Cognito's lists are eventually consistent, and a stream that began again reads what
 * it had read.
 */
async function buildKey(db: Database, target: StagedTable): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`lock table ${partitionOf(target)} in share update exclusive mode`)
    if (await hasKey(tx, target)) return
    try {
      await tx.transaction((savepoint) => addKey(savepoint, target))
    } catch (error) {
      if (errorCode(error) !== UNIQUE_VIOLATION) throw error
      await removeDoubles(tx, target)
      await addKey(tx, target)
    }
  })
}

async function hasKey(db: Queryable, target: StagedTable): Promise<boolean> {
  const name = `${target.shape.table}_${target.snapshotId}`
  const rows = await db.execute(sql`select 1 from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = to_regnamespace(quote_ident(${target.dataflow.snapshotSchema}))
      and c.relname = ${name} and i.indisprimary`)
  return rows.length > 0
}

async function addKey(db: Queryable, target: StagedTable): Promise<void> {
  const key = target.shape.key.map((name) => ({ name }))
  await db.execute(sql`alter table ${partitionOf(target)} add primary key (snapshot_id, ${columnList(key)})`)
}

/** Of the rows with one key the newest stays; of equally new ones the one that was staged last. */
async function removeDoubles(db: Queryable, target: StagedTable): Promise<void> {
  const { key, newest } = stagedShape(target.shape)
  const newestFirst = newest ? sql`${sql.identifier(newest)} desc nulls last, ctid desc` : sql`ctid desc`
  await db.execute(sql`delete from ${partitionOf(target)} t using (
      select ctid, row_number() over (partition by ${columnList(key.map((name) => ({ name })))} order by ${newestFirst}) as n
      from ${partitionOf(target)}) ranked
    where t.ctid = ranked.ctid and ranked.n > 1`)
}

/** 26 ms past readers that hold transactions open, where CREATE … PARTITION OF timed out behind them (measured). */
async function attach(db: Database, target: StagedTable): Promise<void> {
  const parent = qualified(target.dataflow.snapshotSchema, target.shape.table)
  await withLockTimeout(db, async (tx) => {
    await tx.execute(sql`lock table ${parent} in share update exclusive mode`)
    const attached = await tx.execute(sql`select 1 from pg_class
      where relnamespace = to_regnamespace(quote_ident(${target.dataflow.snapshotSchema}))
        and relname = ${`${target.shape.table}_${target.snapshotId}`} and relispartition`)
    if (attached.length > 0) return
    await tx.execute(sql`alter table ${parent}
      attach partition ${partitionOf(target)} for values in (${sql.raw(String(target.snapshotId))})`)
  })
}
