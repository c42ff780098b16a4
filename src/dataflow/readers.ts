import { randomBytes } from 'node:crypto'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { readers } from '../db/schema/readers.ts'
import { scramVerifier } from '../db/scram.ts'
import { AskError, errorCode } from '../errors.ts'
import { type Dataflow, lockDataflow } from './dataflow.ts'

/** A role of Postgres that reads the views of one dataflow. */
export interface Reader {
  readonly id: number
  readonly role: string
  readonly createdBy: string
  readonly createdAt: Date
  /** How many connections it has at this moment. */
  readonly sessions: number
}

type Read = Pick<Dataflow, 'id' | 'schema'>

/** By hand nobody has more windows open; a BI tool keeps a handful. */
const CONNECTIONS = 10

/** A statement that goes on for longer was forgotten. Whoever needs more may set it for themselves. */
const PATIENCE = `'10min'`

const SHOWN = {
  id: readers.id,
  role: readers.role,
  createdBy: readers.createdBy,
  createdAt: readers.createdAt,
  sessions: sql<number>`(select count(*)::int from pg_stat_activity where usename = ${readers.role})`,
}

/** The roles that read a dataflow, the newest first. */
export function listReaders(db: Queryable, { id }: Read): Promise<Reader[]> {
  return db.select(SHOWN).from(readers).where(eq(readers.dataflowId, id)).orderBy(desc(readers.id))
}

/**
 * Makes a role that may log in and read a dataflow's views, those that are still to come as well, and nothing else of ours:
 * a view reads its snapshot as its owner does. Roles belong to all databases of a server, hence the random end of the name.
 * @returns what is kept of it, and the password, which is kept nowhere
 * @throws AskError 'bad-configuration' when the server does not let us make roles
 */
export async function createReader(
  tx: Transaction,
  name: string,
  by: string,
): Promise<Reader & { readonly password: string }> {
  // what adds and drops views takes hold of the dataflow as well: none of them is missed
  const dataflow = await lockDataflow(tx, name, 'no key update')
  const role = `${dataflow.schema}_reader_${randomBytes(5).toString('hex')}`
  const password = randomBytes(20).toString('base64url')
  await makeRole(tx, role, password)
  await grantViews(tx, dataflow, role)
  const [made] = await tx.insert(readers).values({ dataflowId: dataflow.id, role, createdBy: by }).returning(SHOWN)
  if (!made) throw new TypeError('an insert of one reader returned no row')
  return { ...made, password }
}

/** We are a member of it, so that we may end its connections when it goes; that gives us nothing and it neither. */
async function makeRole(tx: Transaction, role: string, password: string): Promise<void> {
  const named = sql.identifier(role)
  try {
    await tx.execute(sql`create role ${named} login connection limit ${sql.raw(String(CONNECTIONS))}
      password ${sql.raw(`'${scramVerifier(password)}'`)} role current_user`)
  } catch (error) {
    if (errorCode(error) === INSUFFICIENT_PRIVILEGE) throw mayMakeNoRoles(error)
    throw error
  }
  for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
    await tx.execute(sql`alter role ${named} set ${sql.raw(setting)} = ${sql.raw(PATIENCE)}`)
  }
}

async function grantViews(tx: Transaction, { schema }: Read, role: string): Promise<void> {
  const [of, to] = [sql.identifier(schema), sql.identifier(role)]
  await tx.execute(sql`alter role ${to} set search_path = ${of}`)
  await tx.execute(sql`grant usage on schema ${of} to ${to}`)
  await tx.execute(sql`grant select on all tables in schema ${of} to ${to}`)
  await tx.execute(sql`alter default privileges in schema ${of} grant select on tables to ${to}`)
}

/** Takes a role away; its connections end. @throws AskError 'not-found', 'conflict' */
export async function removeReader(tx: Transaction, name: string, id: number): Promise<Reader> {
  const dataflow = await lockDataflow(tx, name, 'no key update')
  const [reader] = await tx
    .select(SHOWN)
    .from(readers)
    .where(and(eq(readers.dataflowId, dataflow.id), eq(readers.id, id)))
  if (!reader) throw new AskError('not-found', `No reader ${id} is here.`, 'See `poolkeeper reader list`.')
  await dropReader(tx, dataflow, reader)
  return reader
}

/** Takes all roles away that read a dataflow. Call it before its views go: an open transaction of theirs would be in the way. */
export async function removeReaders(tx: Transaction, dataflow: Read): Promise<void> {
  for (const reader of await listReaders(tx, dataflow)) await dropReader(tx, dataflow, reader)
}

async function dropReader(tx: Transaction, dataflow: Read, { id, role }: Reader): Promise<void> {
  await tx.delete(readers).where(eq(readers.id, id))
  // whoever moved the database to another server, or cleaned up by hand, has no such role
  const [known] = await tx.execute(sql`select from pg_roles where rolname = ${role}`)
  if (!known) return
  try {
    await dropRole(tx, dataflow, role)
  } catch (error) {
    throw errorCode(error) === DEPENDENT_OBJECTS_STILL_EXIST ? hasMore(role, error) : error
  }
}

/** What was granted here is taken back by name: what somebody else granted, or it owns, is theirs to take. */
async function dropRole(tx: Transaction, { schema }: Read, role: string): Promise<void> {
  const [of, from] = [sql.identifier(schema), sql.identifier(role)]
  await tx.execute(sql`alter default privileges in schema ${of} revoke select on tables from ${from}`)
  await tx.execute(sql`revoke select on all tables in schema ${of} from ${from}`)
  await tx.execute(sql`revoke usage on schema ${of} from ${from}`)
  await tx.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`)
  await tx.execute(sql`drop role ${from}`)
}

const INSUFFICIENT_PRIVILEGE = '42501'
const DEPENDENT_OBJECTS_STILL_EXIST = '2BP01'

function mayMakeNoRoles(cause: unknown): AskError {
  return new AskError(
    'bad-configuration',
    'Postgres does not let Poolkeeper make roles.',
    'Have its owner run `alter role … createrole` for the user in DATABASE_URL, or make a role by hand: docs/databases.md has the SQL.',
    { cause },
  )
}

function hasMore(role: string, cause: unknown): AskError {
  return new AskError(
    'conflict',
    `${role} owns something, or was granted more than Poolkeeper granted it, so it was not removed.`,
    'Take that back first: `drop owned by` shows what there is.',
    { cause },
  )
}
