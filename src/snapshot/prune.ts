import { eq, sql } from 'drizzle-orm'
import { snapshotSchemaOf } from '../dataflow/name.ts'
import type { Database } from '../db/database.ts'
import { dataflows, snapshots } from '../db/schema.ts'
import { errorCode } from '../errors.ts'
import { REJECTED_ROWS } from './tables.ts'

/**
 * Marks the snapshots beyond those that each dataflow keeps. Never the published one; and one transaction with a
 * rollback's lock, so that what is being rolled back to is not taken away.
 * @returns how many were marked.
 */
export async function retireSnapshots(db: Database): Promise<number> {
  const retired = await db.execute(sql`
    with ranked as (
      select s.id, d.keep_snapshots, row_number() over (partition by s.dataflow_id order by s.id desc) as nth
      from poolkeeper.snapshots s join poolkeeper.dataflows d on d.id = s.dataflow_id
      where s.state = 'kept'),
    beyond as (
      select s.id from poolkeeper.snapshots s join ranked r on r.id = s.id
      where r.nth > r.keep_snapshots
        and not exists (select from poolkeeper.published p where p.snapshot_id = s.id)
      for update of s skip locked)
    update poolkeeper.snapshots set state = 'dropping' where id in (select id from beyond) and state = 'kept' returning id`)
  return retired.length
}

/**
 * Drops the tables of snapshots that nobody may see any more: retired, failed, cancelled, discarded.
 * One that is in somebody's way is left for the next round.
 * @returns how many snapshots are gone.
 */
export async function dropSnapshots(db: Database): Promise<number> {
  const condemned = await db
    .select({ id: snapshots.id, tables: snapshots.tables, name: dataflows.name, removedAt: dataflows.removedAt })
    .from(snapshots)
    .innerJoin(dataflows, eq(dataflows.id, snapshots.dataflowId))
    .where(eq(snapshots.state, 'dropping'))
    .orderBy(snapshots.id)
    .limit(100)
  let dropped = 0
  for (const snapshot of condemned) {
    const schema = snapshotSchemaOf(snapshot.name)
    const tables = [...snapshot.tables, REJECTED_ROWS].map(({ table }) => table)
    const gone = snapshot.removedAt !== null || (await dropAll(db, schema, tables, snapshot.id))
    if (!gone) continue
    await db.update(snapshots).set({ state: 'dropped' }).where(eq(snapshots.id, snapshot.id))
    dropped++
  }
  return dropped
}

async function dropAll(db: Database, schema: string, tables: readonly string[], id: number): Promise<boolean> {
  for (const table of tables) {
    if (!(await dropPartition(db, schema, table, `${table}_${id}`))) return false
  }
  return true
}

/** Somebody holds a transaction open on it, or another scheduler is at it: the next round will find it free. */
const IN_THE_WAY: ReadonlySet<string | undefined> = new Set(['55P03', '57014', '55006', '55000'])

/**
 * DETACH … CONCURRENTLY goes past open readers where a plain DETACH or DROP makes everybody wait behind it; it can't run
 * in a transaction, and an interrupted one is ended with FINALIZE.
 * @returns false when it has to wait.
 */
async function dropPartition(db: Database, schema: string, parent: string, partition: string): Promise<boolean> {
  const connection = await db.$client.reserve()
  try {
    await connection`set lock_timeout = '2s'`
    await connection`set statement_timeout = '30s'`
    const [child] = await connection<{ detaching: boolean | null }[]>`
      select i.inhdetachpending as detaching from pg_class c left join pg_inherits i on i.inhrelid = c.oid
      where c.relnamespace = to_regnamespace(quote_ident(${schema})) and c.relname = ${partition}`
    if (child && child.detaching !== null) {
      await connection`alter table ${connection(schema)}.${connection(parent)} detach partition
        ${connection(schema)}.${connection(partition)} ${child.detaching ? connection`finalize` : connection`concurrently`}`
    }
    await connection`drop table if exists ${connection(schema)}.${connection(partition)}`
    return true
  } catch (error) {
    if (IN_THE_WAY.has(errorCode(error))) return false
    throw error
  } finally {
    await connection`reset lock_timeout`
    await connection`reset statement_timeout`
    connection.release()
  }
}
