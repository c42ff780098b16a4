import { and, desc, eq, sql } from 'drizzle-orm'
import { DEFAULT_SOURCES } from '../cognito/catalogue.ts'
import type { Preview } from '../cognito/preview.ts'
import type { TablePreview } from '../cognito/tablePreview.ts'
import type { SealingKey } from '../config.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import type { TableChoice } from '../db/schema/dataflows.ts'
import { drafts } from '../db/schema/drafts.ts'
import { AskError } from '../errors.ts'
import { chooseTables } from './chooseTables.ts'
import { refuseTakenName } from './create.ts'
import type { SealedDraft } from './credentials.ts'
import { type DraftInput, draftConnection, parseInput, regionOf } from './input.ts'
import { refuseUnacceptedCosts } from './optIn.ts'
import { contextOf, seal } from './seal.ts'
import { checkKeys } from './sealedSecrets.ts'

type Row = typeof drafts.$inferSelect

/** What is answered, by field. Treatments and budgets stand with their tables, and a secret in none of them. */
export interface Answers extends Omit<DraftInput, 'treatments' | 'budgets' | 'tables' | 'credentials'> {
  readonly tables?: readonly TableChoice[]
  readonly credentials?:
    | { readonly kind: 'access-key'; readonly accessKeyId?: string | undefined }
    | { readonly kind: 'role'; readonly roleArn?: string | undefined }
    | { readonly kind: 'ambient' }
}

/** What Cognito told of a draft's pool: what a run would read, without any row. */
export interface Found extends Omit<Preview, 'tables'> {
  readonly tables: readonly Omit<TablePreview, 'sample'>[]
}

/** A dataflow that somebody is still describing. Only they see it. */
export interface Draft extends Omit<Row, 'answers' | 'found'> {
  readonly answers: Answers
  readonly found: Found | null
}

/** @throws AskError 'not-found', for what is somebody else's as well */
export async function findDraft(db: Queryable, owner: string, id: number): Promise<Draft> {
  const [row] = await db.select().from(drafts).where(isTheirs(owner, id))
  return draftOf(row, id)
}

/** The same, held until the transaction ends. */
export async function lockDraft(tx: Transaction, owner: string, id: number): Promise<Draft> {
  const [row] = await tx.select().from(drafts).where(isTheirs(owner, id)).for('update')
  return draftOf(row, id)
}

/** Somebody's drafts, the one that they were at last first. */
export async function listDrafts(db: Queryable, owner: string): Promise<Draft[]> {
  const rows = await db.select().from(drafts).where(eq(drafts.owner, owner)).orderBy(desc(drafts.updatedAt))
  return rows.map((row) => draftOf(row, row.id))
}

/** Begins a draft. @throws as `editDraft` */
export async function createDraft(
  tx: Transaction,
  keys: readonly SealingKey[],
  owner: string,
  input: DraftInput,
): Promise<Draft> {
  const [begun] = await tx.insert(drafts).values({ owner, externalId: crypto.randomUUID() }).returning()
  if (!begun) throw new TypeError('an insert of one draft returned no row')
  return editDraft(tx, keys, draftOf(begun, begun.id), input)
}

/**
 * Answers more of a draft, or otherwise. What is left out stays, but a secret stays with its access key only.
 * @param draft as it is locked
 * @throws AskError 'conflict' for a name that is taken, 'bad-input' for tables that can't be chosen together, or whose costs nobody accepted; 'wrong-key' when
 *   other secrets are sealed under a key that is not among these
 */
export async function editDraft(
  tx: Transaction,
  keys: readonly SealingKey[],
  draft: Draft,
  input: DraftInput,
): Promise<Draft> {
  const { tables, treatments, budgets, credentials, ...changes } = input
  if (changes.name !== undefined) await refuseTakenName(tx, changes.name)
  const chosen = tables ?? treatments ?? budgets
  const answers: Answers = {
    ...draft.answers,
    ...changes,
    ...(changes.poolId && changes.region === undefined && { region: regionOf(changes.poolId) }),
    ...(chosen && { tables: chooseTables(chosenTables(draft.answers), { tables, treatments, budgets }) }),
    ...(credentials && { credentials: withoutSecret(credentials) }),
  }
  if (chosen) refuseUnacceptedCosts(chosenTables(answers), [], answers.acceptCosts ?? false)
  const secret = credentials ? await secretOf(tx, keys, draft, credentials) : {}
  const [row] = await tx
    .update(drafts)
    .set({
      ...secret,
      answers: { ...answers },
      ...(isElsewhere(draft, answers, input) && { found: null }),
      version: sql`${drafts.version} + 1`,
      updatedAt: new Date(),
    })
    .where(eq(drafts.id, draft.id))
    .returning()
  return draftOf(row, draft.id)
}

/** The tables that it imports: until somebody chooses, those that a dataflow has when nobody does. */
export function chosenTables({ tables }: Answers): readonly TableChoice[] {
  return tables ?? DEFAULT_SOURCES.map((source) => ({ source, purpose: 'All' }))
}

/** Whether what was found holds no more: it was asked of another pool, or as somebody else. */
function isElsewhere(before: Draft, after: Answers, { credentials }: DraftInput): boolean {
  const { poolId, region } = before.answers
  const given = credentials?.kind === 'access-key' && credentials.secretAccessKey !== undefined
  const same = JSON.stringify(before.answers.credentials) === JSON.stringify(after.credentials)
  return given || !same || poolId !== after.poolId || region !== after.region
}

function withoutSecret(credentials: NonNullable<DraftInput['credentials']>): Answers['credentials'] {
  if (credentials.kind !== 'access-key') return credentials
  const { kind, accessKeyId } = credentials
  return { kind, ...(accessKeyId !== undefined && { accessKeyId }) }
}

type Secret = Partial<Pick<Row, 'sealed' | 'keyId'>>

const NONE: Secret = { sealed: null, keyId: null }

/** What becomes of the secret that is sealed. */
async function secretOf(
  tx: Transaction,
  keys: readonly SealingKey[],
  { id, answers }: Draft,
  credentials: NonNullable<DraftInput['credentials']>,
): Promise<Secret> {
  if (credentials.kind !== 'access-key') return NONE
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const before = answers.credentials
  if (secretAccessKey === undefined) {
    return before?.kind === 'access-key' && before.accessKeyId === accessKeyId ? {} : NONE
  }
  await checkKeys(tx, keys)
  const plaintext = JSON.stringify({ secretAccessKey, ...(sessionToken && { sessionToken }) })
  const { bytes: sealed, keyId } = seal(keys, plaintext, contextOf('draft', id))
  return { sealed, keyId }
}

/** Where a draft's pool is, and what opens it. */
export interface DraftedPool extends SealedDraft {
  readonly poolId: string
  readonly region: string
}

/** @throws AskError 'bad-input' with everything that is still missing to ask its pool */
export function poolOf({ id, answers, sealed, keyId, externalId }: Draft): DraftedPool {
  const { poolId, region = regionOf(poolId), credentials } = parseInput(draftConnection, answers)
  refuseWithoutSecret(credentials, sealed)
  return { id, poolId, region, credentials, sealed, keyId, externalId }
}

function refuseWithoutSecret({ kind }: SealedDraft['credentials'], sealed: Buffer | null): void {
  if (kind !== 'access-key' || sealed) return
  const message = 'The secret access key is missing.'
  throw new AskError('bad-input', message, '', { problems: [{ field: 'credentials.secretAccessKey', message }] })
}

/** Remembers what was found, unless the draft has been changed meanwhile. */
export async function rememberFound(db: Queryable, { id, version }: Draft, found: Found): Promise<void> {
  await db
    .update(drafts)
    .set({ found: { ...found } })
    .where(and(eq(drafts.id, id), eq(drafts.version, version)))
}

/** Throws a draft away, with the secret in it. @throws AskError 'not-found' */
export async function discardDraft(db: Queryable, owner: string, id: number): Promise<void> {
  const gone = await db.delete(drafts).where(isTheirs(owner, id)).returning({ id: drafts.id })
  if (gone.length === 0) throw notFound(id)
}

const isTheirs = (owner: string, id: number) => and(eq(drafts.id, id), eq(drafts.owner, owner))

/** What was parsed when it was stored is what is read. */
function draftOf(row: Row | undefined, id: number): Draft {
  if (!row) throw notFound(id)
  return { ...row, answers: row.answers as Answers, found: row.found as Found | null }
}

function notFound(id: number): AskError {
  return new AskError(
    'not-found',
    `There is no draft ${id} of yours.`,
    'It was saved, discarded, or left alone for 14 days.',
  )
}
