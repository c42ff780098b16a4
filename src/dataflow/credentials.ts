import { randomUUID } from 'node:crypto'
import { and, asc, count, eq, isNotNull, ne } from 'drizzle-orm'
import { z } from 'zod'
import type { PoolCredentials } from '../cognito/credentials.ts'
import type { SealingKey } from '../config.ts'
import type { Database, Queryable } from '../db/database.ts'
import { credentials, dataflows } from '../db/schema/dataflows.ts'
import { AskError } from '../errors.ts'
import type { CredentialsInput } from './input.ts'
import { open, rewrap, type Sealed, seal } from './seal.ts'

type Row = typeof credentials.$inferInsert

const secret = z.object({ secretAccessKey: z.string(), sessionToken: z.string().optional() })

/** What a record's seal is bound to. */
const contextOf = (dataflowId: number) => `dataflow:${dataflowId}`

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
  const sealed = seal(keys, JSON.stringify(plaintext), contextOf(dataflowId))
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
  const plaintext = open(keys, sealedOf(row.credentials), contextOf(dataflowId), `dataflow ${row.name}`)
  return { kind, accessKeyId: accessKeyId ?? '', ...secret.parse(JSON.parse(plaintext.toString())) }
}

/** The table's check keeps both from being null where there is a secret. */
function sealedOf({ sealed, keyId }: { sealed: Buffer | null; keyId: string | null }): Sealed {
  return { bytes: sealed ?? Buffer.alloc(0), keyId: keyId ?? 'none' }
}

/**
 * Makes sure, when a process starts, that every stored secret can be opened with the keys it was given.
 * @throws AskError 'wrong-key' with the ids of the missing keys and how many dataflows need them
 */
export async function checkKeys(db: Queryable, keys: readonly SealingKey[]): Promise<void> {
  const used = await db
    .select({ keyId: credentials.keyId, dataflows: count() })
    .from(credentials)
    .where(isNotNull(credentials.keyId))
    .groupBy(credentials.keyId)
    .orderBy(asc(credentials.keyId))
  const given = keys.map(({ id }) => id)
  const missing = used.filter(({ keyId }) => !given.includes(keyId ?? ''))
  if (missing.length === 0) return
  const needed = missing.map(({ keyId, dataflows: n }) => `${n} ${n === 1 ? 'dataflow' : 'dataflows'} under ${keyId}`)
  throw new AskError(
    'wrong-key',
    `Stored credentials can't be opened: ${needed.join(', ')}; POOLKEEPER_KEY ${given.length ? `holds ${given.join(', ')}` : 'is not set'}.`,
    'Add the key that they were sealed with to POOLKEEPER_KEY (several are separated by commas).',
  )
}

/**
 * Puts every stored secret under the first key, so that the others can be taken out of POOLKEEPER_KEY. Only the data
 * keys are sealed anew. One transaction: all or none.
 * @returns how many dataflows' credentials were moved
 * @throws GiveUpError 'wrong-key' when one of them can't be opened
 */
export async function rotateKeys(db: Database, keys: readonly SealingKey[]): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select({ name: dataflows.name, id: dataflows.id, sealed: credentials.sealed, keyId: credentials.keyId })
      .from(credentials)
      .innerJoin(dataflows, eq(dataflows.id, credentials.dataflowId))
      .where(and(isNotNull(credentials.sealed), ne(credentials.keyId, keys[0]?.id ?? '')))
      .for('update')
    for (const row of rows) {
      const { bytes, keyId } = rewrap(keys, sealedOf(row), contextOf(row.id), `dataflow ${row.name}`)
      await tx.update(credentials).set({ sealed: bytes, keyId }).where(eq(credentials.dataflowId, row.id))
    }
    return rows.length
  })
}
