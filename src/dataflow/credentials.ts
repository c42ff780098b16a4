import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { PoolCredentials } from '../cognito/credentials.ts'
import type { SealingKey } from '../config.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { credentials, dataflows } from '../db/schema/dataflows.ts'
import { AskError } from '../errors.ts'
import type { CredentialsInput, draftConnection } from './input.ts'
import { contextOf, open, reseal, type Sealed, seal } from './seal.ts'

type Row = typeof credentials.$inferInsert

const secret = z.object({ secretAccessKey: z.string(), sessionToken: z.string().optional() })

/**
 * Stores a dataflow's credentials in place of those it had, the secret sealed. Call it within a transaction.
 * A role's external id is made once and stays, because the role's trust policy holds it.
 * @throws AskError when there is a secret and no key to seal it with
 */
export async function storeCredentials(
  db: Queryable,
  keys: readonly SealingKey[],
  dataflowId: number,
  input: CredentialsInput,
): Promise<void> {
  const [present] = await db
    .select({ externalId: credentials.externalId })
    .from(credentials)
    .where(eq(credentials.dataflowId, dataflowId))
  const row = toRow(keys, dataflowId, input, present?.externalId ?? null)
  await db.insert(credentials).values(row).onConflictDoUpdate({ target: credentials.dataflowId, set: row })
}

function toRow(
  keys: readonly SealingKey[],
  dataflowId: number,
  input: CredentialsInput,
  externalId: string | null,
): Row {
  const none = { dataflowId, accessKeyId: null, sealed: null, keyId: null, roleArn: null, externalId }
  if (input.kind === 'ambient') return { ...none, kind: input.kind }
  if (input.kind === 'role')
    return { ...none, kind: input.kind, roleArn: input.roleArn, externalId: externalId ?? randomUUID() }
  const { kind, accessKeyId, ...plaintext } = input
  const sealed = seal(keys, JSON.stringify(plaintext), contextOf('dataflow', dataflowId))
  return { ...none, kind, accessKeyId, sealed: sealed.bytes, keyId: sealed.keyId }
}

/**
 * The credentials to open a dataflow's pool with.
 * @throws GiveUpError 'wrong-key' when their key is not among the keys, or they were changed
 * @throws AskError 'not-found' when the dataflow has been removed
 */
export async function openCredentials(
  db: Queryable,
  keys: readonly SealingKey[],
  dataflowId: number,
): Promise<PoolCredentials> {
  const [row] = await db
    .select({ name: dataflows.name, credentials })
    .from(credentials)
    .innerJoin(dataflows, eq(dataflows.id, credentials.dataflowId))
    .where(eq(credentials.dataflowId, dataflowId))
  if (!row) throw new AskError('not-found', 'The dataflow has been removed, and its credentials with it.')
  const { kind, accessKeyId, roleArn, externalId } = row.credentials
  if (kind === 'role') return { kind, roleArn: roleArn ?? '', externalId: externalId ?? '' }
  if (kind === 'ambient') return { kind }
  const secret = openSecret(keys, sealedOf(row.credentials), contextOf('dataflow', dataflowId), `dataflow ${row.name}`)
  return { kind, accessKeyId: accessKeyId ?? '', ...secret }
}

/** The credentials to open a draft's pool with. @throws as `openCredentials` */
export function openDraftCredentials(keys: readonly SealingKey[], draft: SealedDraft): PoolCredentials {
  const { id, credentials, externalId } = draft
  if (credentials.kind === 'role') return { ...credentials, externalId }
  if (credentials.kind === 'ambient') return credentials
  return { ...credentials, ...openSecret(keys, sealedOf(draft), contextOf('draft', id), `draft ${id}`) }
}

/** Credentials that somebody gave for a dataflow that is not there yet. */
export interface SealedDraft {
  readonly id: number
  readonly credentials: z.output<typeof draftConnection>['credentials']
  readonly sealed: Buffer | null
  readonly keyId: string | null
  readonly externalId: string
}

/** Makes a draft's credentials those of the dataflow that it has become. Call it within a transaction. */
export async function takeOverCredentials(
  tx: Transaction,
  keys: readonly SealingKey[],
  draft: SealedDraft,
  dataflowId: number,
): Promise<void> {
  const { id, credentials: given, externalId } = draft
  if (given.kind !== 'access-key') {
    await tx.insert(credentials).values(toRow(keys, dataflowId, given, externalId))
    return
  }
  const [from, to] = [contextOf('draft', id), contextOf('dataflow', dataflowId)]
  const { bytes: sealed, keyId } = reseal(keys, sealedOf(draft), from, to, `draft ${id}`)
  await tx.insert(credentials).values({ dataflowId, ...given, sealed, keyId })
}

function openSecret(keys: readonly SealingKey[], sealed: Sealed, context: string, owner: string) {
  return secret.parse(JSON.parse(open(keys, sealed, context, owner).toString()))
}

/** The table's check keeps both from being null where there is a secret. */
function sealedOf({ sealed, keyId }: { sealed: Buffer | null; keyId: string | null }): Sealed {
  return { bytes: sealed ?? Buffer.alloc(0), keyId: keyId ?? 'none' }
}
