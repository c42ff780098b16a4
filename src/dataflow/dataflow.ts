import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { schemaOf, snapshotSchemaOf } from '../db/names.ts'
import { credentials, dataflows } from '../db/schema/dataflows.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import { AskError } from '../errors.ts'
import { closest } from './closest.ts'

/** What may be shown of a dataflow's credentials. The external id is no secret: the role's trust policy holds it. */
export type CredentialsSummary =
  | { readonly kind: 'access-key'; readonly accessKeyId: string }
  | { readonly kind: 'role'; readonly roleArn: string; readonly externalId: string }
  | { readonly kind: 'ambient' }

/** A configured import. It holds no secret and may be shown as it is. */
export interface Dataflow extends Readonly<Omit<typeof dataflows.$inferSelect, 'removedAt'>> {
  /** The schema of the views that people read. */
  readonly schema: string
  readonly snapshotSchema: string
  readonly credentials: CredentialsSummary
}

/**
 * @param name in any case
 * @throws AskError 'not-found', naming the dataflow that may have been meant
 */
export async function findDataflow(db: Queryable, name: string, visible: Visible = null): Promise<Dataflow> {
  const [row] = await select(db, and(isNamed(name), isAmong(dataflows.id, visible)))
  if (row) return row
  throw await notFound(db, name, visible)
}

/**
 * Takes hold of a dataflow's row until the transaction ends, so that what is done to it comes one after the other.
 * @param strength 'no key update' lets runs be requested meanwhile, 'update' doesn't
 * @throws AskError 'not-found', also when it is removed while this waits
 */
export async function lockDataflow(
  tx: Transaction,
  name: string,
  strength: 'no key update' | 'update',
): Promise<Dataflow> {
  const [row] = await tx
    .select({ id: dataflows.id })
    .from(dataflows)
    .where(and(isNull(dataflows.removedAt), isNamed(name)))
    .for(strength)
  const [dataflow] = row ? await select(tx, eq(dataflows.id, row.id)) : []
  if (dataflow) return dataflow
  throw await notFound(tx, name)
}

/** The tables that it imports, as the catalogue calls them. */
export function sourcesOf({ tables }: Pick<Dataflow, 'tables'>): string[] {
  return tables.map(({ source }) => source)
}

/** The names of dataflows by their ids; of removed ones as well, because tokens outlive them. */
export async function dataflowNames(db: Queryable): Promise<ReadonlyMap<number, string>> {
  const rows = await db.select({ id: dataflows.id, name: dataflows.name }).from(dataflows)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** How many dataflows there are. */
export function countDataflows(db: Queryable, visible: Visible = null): Promise<number> {
  return db.$count(dataflows, and(isNull(dataflows.removedAt), isAmong(dataflows.id, visible)))
}

/** A part of a list by name. */
export interface NamePage {
  /** Text in the name, whatever its case. */
  readonly search?: string | undefined
  /** It begins after this name; left out, at the first. */
  readonly after?: string | undefined
  readonly limit?: number | undefined
}

/** Every dataflow, by name, or a page of them. */
export function listDataflows(db: Queryable, visible: Visible = null, page: NamePage = {}): Promise<Dataflow[]> {
  const { search, after, limit } = page
  return select(
    db,
    and(
      isAmong(dataflows.id, visible),
      search === undefined ? undefined : sql`position(${search.toLowerCase()} in ${LOWER_NAME}) > 0`,
      after === undefined ? undefined : gt(LOWER_NAME, after.toLowerCase()),
    ),
    limit,
  )
}

/** Some dataflows by their ids; without those that have been removed. */
export async function dataflowsOf(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, Dataflow>> {
  const found = await select(db, isAmong(dataflows.id, ids))
  return new Map(found.map((dataflow) => [dataflow.id, dataflow]))
}

const LOWER_NAME = sql`lower(${dataflows.name})`

const isNamed = (name: string) => eq(LOWER_NAME, name.toLowerCase())

async function select(db: Queryable, which: SQL | undefined, limit?: number): Promise<Dataflow[]> {
  const found = db
    .select({ dataflow: dataflows, credentials })
    .from(dataflows)
    .innerJoin(credentials, eq(credentials.dataflowId, dataflows.id))
    .where(and(isNull(dataflows.removedAt), which))
    .orderBy(asc(LOWER_NAME))
  const rows = await (limit === undefined ? found : found.limit(limit))
  return rows.map(({ dataflow: { removedAt: _, ...dataflow }, credentials }) => ({
    ...dataflow,
    schema: schemaOf(dataflow.name),
    snapshotSchema: snapshotSchemaOf(dataflow.name),
    credentials: summarize(credentials),
  }))
}

/** The table's check `credentials_whole` keeps what each kind needs from being null. */
function summarize({ kind, accessKeyId, roleArn, externalId }: typeof credentials.$inferSelect): CredentialsSummary {
  if (kind === 'access-key') return { kind, accessKeyId: accessKeyId ?? '' }
  if (kind === 'role') return { kind, roleArn: roleArn ?? '', externalId: externalId ?? '' }
  return { kind }
}

async function notFound(db: Queryable, name: string, visible: Visible = null): Promise<AskError> {
  const rows = await db
    .select({ name: dataflows.name })
    .from(dataflows)
    .where(and(isNull(dataflows.removedAt), isAmong(dataflows.id, visible)))
  const meant = closest(
    name,
    rows.map((row) => row.name),
  )
  const hint = meant ? `Did you mean ${meant}?` : 'See `poolkeeper dataflow list`.'
  return new AskError('not-found', `There is no dataflow ${name}.`, hint)
}
