import { sql } from 'drizzle-orm'
import type { SealingKey } from '../config.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { schemaOf, snapshotSchemaOf } from '../db/names.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { published } from '../db/schema/snapshots.ts'
import { AskError } from '../errors.ts'
import { commentTables } from '../snapshot/comments.ts'
import { createTables } from '../snapshot/tables.ts'
import { chooseTables } from './chooseTables.ts'
import { storeCredentials } from './credentials.ts'
import { type Dataflow, findDataflow } from './dataflow.ts'
import { type CreateInput, createInput, editInput, parseInput, regionOf } from './input.ts'
import { refuseUnacceptedCosts } from './optIn.ts'
import { nextSlot } from './schedule.ts'
import { checkKeys } from './sealedSecrets.ts'
import { shapesOf } from './shapes.ts'

/**
 * Makes a dataflow, its schemas, its tables (with the columns that every pool has) and its still empty views, in one
 * transaction. Nothing is asked of AWS.
 * @throws AskError 'bad-input' with every problem at once, or with the costs that nobody accepted,
 *   'conflict' when the name or one of its schemas is taken,
 *   'wrong-key' when other secrets are sealed under a key that is not among these
 */
export async function createDataflow(
  db: Queryable,
  keys: readonly SealingKey[],
  input: CreateInput,
  now = new Date(),
): Promise<Dataflow> {
  const { credentials, ...settings } = parseInput(createInput, input)
  return db.transaction((tx) =>
    makeDataflow(
      tx,
      settings,
      async (id) => {
        // A key that the workers don't have would let nobody in: whoever has another one than the rest is told here.
        if (credentials.kind === 'access-key') await checkKeys(tx, keys)
        await storeCredentials(tx, keys, id, credentials)
      },
      now,
    ),
  )
}

/**
 * The same of what has been checked, within a transaction.
 * @param storeSecret stores its credentials, by its id
 */
export async function makeDataflow(
  tx: Transaction,
  { treatments, budgets, acceptCosts, ...settings }: Settings,
  storeSecret: (id: number) => Promise<void>,
  now: Date,
): Promise<Dataflow> {
  const fields = { ...settings, tables: chooseTables([], { tables: settings.tables, treatments, budgets }) }
  // What was right by itself may be wrong together.
  parseInput(editInput, { tables: fields.tables })
  refuseUnacceptedCosts(fields.tables, [], acceptCosts)
  const id = await insertDataflow(tx, fields, now)
  await refuseForeignSchemas(tx, fields.name)
  await storeSecret(id)
  await tx.insert(published).values({ dataflowId: id })
  const schemas = { id, schema: schemaOf(fields.name), snapshotSchema: snapshotSchemaOf(fields.name) }
  const shapes = shapesOf(fields.tables, null)
  await createTables(tx, schemas, shapes)
  await commentTables(tx, schemas, shapes, { described: false })
  return findDataflow(tx, fields.name)
}

/** All that a new dataflow is told, but for its credentials. */
type Settings = Omit<ReturnType<typeof createInput.parse>, 'credentials'>

type Fields = Omit<Settings, 'treatments' | 'budgets' | 'acceptCosts' | 'tables'> & Pick<Dataflow, 'tables'>

/** The unique index decides between two who take a name at the same instant: the later one waits, then finds it taken. */
async function insertDataflow(tx: Transaction, fields: Fields, now: Date): Promise<number> {
  const { name, poolId, schedule, timezone } = fields
  const [row] = await tx
    .insert(dataflows)
    .values({
      ...fields,
      displayName: fields.displayName ?? name,
      region: fields.region ?? regionOf(poolId),
      nextRunAt: schedule === null ? null : nextSlot(schedule, timezone, now),
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: dataflows.id })
  if (row) return row.id
  throw taken(name)
}

/**
 * Tells early that a name can't be had. Whoever makes the dataflow is told again, by the database.
 * @throws AskError 'conflict'
 */
export async function refuseTakenName(tx: Transaction, name: string): Promise<void> {
  const there = await tx.$count(
    dataflows,
    sql`lower(${dataflows.name}) = ${name.toLowerCase()} and ${dataflows.removedAt} is null`,
  )
  if (there > 0) throw taken(name)
  await refuseForeignSchemas(tx, name)
}

function taken(name: string): AskError {
  const message = `There is already a dataflow ${name} (its case does not matter).`
  const remedy = 'Choose another name, or change that one with `poolkeeper dataflow edit`.'
  return new AskError('conflict', message, remedy, { problems: [{ field: 'name', message }] })
}

/** A schema that is there already belongs to somebody else: ours go when their dataflow is removed. */
async function refuseForeignSchemas(tx: Transaction, name: string): Promise<void> {
  const [there] = await tx.execute<{ nspname: string }>(
    sql`select nspname from pg_namespace where nspname in (${schemaOf(name)}, ${snapshotSchemaOf(name)})`,
  )
  if (!there) return
  const message = `The database already has a schema ${there.nspname} that is not Poolkeeper's.`
  const remedy = 'Choose another name for the dataflow, or rename that schema.'
  throw new AskError('conflict', message, remedy, { problems: [{ field: 'name', message }] })
}
