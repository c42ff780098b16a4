import { eq, sql } from 'drizzle-orm'
import type postgres from 'postgres'
import type { Database } from '../db/database.ts'
import { snapshotSchemaOf } from '../db/names.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { snapshots } from '../db/schema/snapshots.ts'
import { errorCode } from '../errors.ts'
import { REJECTED_ROWS } from './tables.ts'

/**
 * Marks the snapshots beyond those that each dataflow keeps. Never the published one: what may go is locked first, and
 * the pointer looked at in a statement of its own, which sees a rollback that committed while the first was on its way.
 * A rollback's lock keeps its target out of here, and this lock lets it find another.
 * @returns how many were marked.
 */
export async function retireSnapshots(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    const beyond = await tx.execute<{ id: number }>(sql`
      with ranked as (
        select s.id, d.keep_snapshots, row_number() over (partition by s.dataflow_id order by s.id desc) as nth
        from poolkeeper.snapshots s join poolkeeper.dataflows d on d.id = s.dataflow_id
        where s.state = 'kept')
      select s.id from poolkeeper.snapshots s join ranked r on r.id = s.id
      where r.nth > r.keep_snapshots for update of s skip locked`)
    if (beyond.length === 0) return 0
    const ids = beyond.map(({ id }) => id)
    const retired = await tx.execute(sql`update poolkeeper.snapshots s set state = 'dropping'
      where s.id in ${ids} and s.state = 'kept'
        and not exists (select from poolkeeper.published p where p.snapshot_id = s.id)
      returning s.id`)
    return retired.length
  })
}

/** How long what a failed run has staged can be gone on with: Cognito's tokens live no longer. */
export const LEFT_FOR = sql.raw(`interval '1 hour'`)

/**
 * Marks what failed runs have left and nobody went on with in that time. A retry that is taking it over holds a lock
 * on it.
 * @returns how many were marked.
 */
export async function retireLeftSnapshots(db: Database): Promise<number> {
  const retired = await db.execute(sql`update poolkeeper.snapshots set state = 'dropping' where id in (
      select s.id from poolkeeper.snapshots s join poolkeeper.runs r on r.id = s.id
      where s.state = 'left' and r.finished_at < now() - ${LEFT_FOR} for update of s skip locked)
    returning id`)
  return retired.length
}

const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Drops the tables of snapshots that nobody may see any more: retired, failed, cancelled, discarded. One that is in
 * somebody's way is left for the next round.
 *
 * One process at a time: two that detach partitions of one table end in a deadlock. The turn is a table lock that only
 * another turn minds, held by a transaction of its own, for which `db` needs two connections. By LOCK and not by an
 * advisory lock: that is a SELECT, whose snapshot stays open, and the FINALIZE below would wait for it.
 * @returns how many snapshots are gone; 0 also when it is another process's turn.
 */
export async function dropSnapshots(db: Database): Promise<number> {
  try {
    return await db.transaction(async (turn) => {
      await turn.execute(sql`lock table poolkeeper.snapshots in share update exclusive mode nowait`)
      return dropCondemned(db, () => turn.execute(sql`select 1`))
    })
  } catch (error) {
    if (errorCode(error) === LOCK_NOT_AVAILABLE) return 0
    throw error
  }
}

/** @param stayAwake keeps the turn: who says nothing for 15 s in a transaction is thrown out */
async function dropCondemned(db: Database, stayAwake: () => Promise<unknown>): Promise<number> {
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
    const gone = snapshot.removedAt !== null || (await dropAll(db, schema, tables, snapshot.id, stayAwake))
    if (!gone) continue
    // places name users
    await db.update(snapshots).set({ state: 'dropped', places: {} }).where(eq(snapshots.id, snapshot.id))
    dropped++
  }
  return dropped
}

async function dropAll(
  db: Database,
  schema: string,
  tables: readonly string[],
  id: number,
  stayAwake: () => Promise<unknown>,
): Promise<boolean> {
  for (const table of tables) {
    await stayAwake()
    if (!(await dropPartition(db, schema, table, `${table}_${id}`))) return false
  }
  return true
}

/** What leaves a partition for the next round, and the others to this one. */
const IN_THE_WAY: ReadonlySet<string | undefined> = new Set([
  LOCK_NOT_AVAILABLE, // somebody holds a transaction open on it
  '57014', // the same, for as long as a statement may take
  '55000', // another partition of the table is being detached, since such a wait was given up
  '40P01', // a deadlock with somebody who changes the table
  '2BP01', // somebody built something on this very partition: theirs to drop
  '42P01', // gone meanwhile, with its dataflow
])

/**
 * DETACH … CONCURRENTLY goes past open readers where a plain DETACH or DROP makes everybody wait behind it; it can't run
 * in a transaction, and an interrupted one is ended with FINALIZE.
 * @returns false when it has to wait.
 */
async function dropPartition(db: Database, schema: string, parent: string, partition: string): Promise<boolean> {
  return db.connections.use(async (connection) => {
    await connection`set lock_timeout = '2s'`
    await connection`set statement_timeout = '10s'`
    const gone = await detachAndDrop(connection, schema, parent, partition)
    await connection`reset lock_timeout`
    await connection`reset statement_timeout`
    return gone
  })
}

async function detachAndDrop(
  connection: postgres.Sql,
  schema: string,
  parent: string,
  partition: string,
): Promise<boolean> {
  try {
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
  }
}
