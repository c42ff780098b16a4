import { type SQL, sql } from 'drizzle-orm'
import type { SealingKey } from '../config.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { AskError } from '../errors.ts'
import { contextOf, rewrap, type SealedRecord } from './seal.ts'

/** Where secrets are stored, and whose they are. */
interface Store {
  readonly kind: SealedRecord
  readonly table: SQL
  readonly id: SQL
  readonly owner: SQL
}

const STORES: readonly Store[] = [
  {
    kind: 'dataflow',
    table: sql`poolkeeper.credentials`,
    id: sql`dataflow_id`,
    owner: sql`(select name from poolkeeper.dataflows d where d.id = dataflow_id)`,
  },
  { kind: 'webhook', table: sql`poolkeeper.webhooks`, id: sql`id`, owner: sql`id::text` },
  { kind: 'draft', table: sql`poolkeeper.drafts`, id: sql`id`, owner: sql`id::text` },
]

/**
 * Makes sure, when a process starts, that every stored secret can be opened with the keys it was given.
 * @throws AskError 'wrong-key' with the ids of the missing keys and how many dataflows, webhooks and drafts need them
 */
export async function checkKeys(db: Queryable, keys: readonly SealingKey[]): Promise<void> {
  const given = keys.map(({ id }) => id)
  const used = (await Promise.all(STORES.map((store) => keysUsed(db, store)))).flat()
  const missing = used.filter(({ key }) => !given.includes(key))
  if (missing.length === 0) return
  const needed = missing.map(({ key, kind, secrets }) => `${secrets} ${kind}${secrets === 1 ? '' : 's'} under ${key}`)
  throw new AskError(
    'wrong-key',
    `Stored credentials can't be opened: ${needed.join(', ')}; POOLKEEPER_KEY ${given.length ? `holds ${given.join(', ')}` : 'is not set'}.`,
    'Add the key that they were sealed with to POOLKEEPER_KEY (several are separated by commas).',
  )
}

/** How many secrets are sealed under each key, by its id: one under which there are none can be taken away. */
export async function keysInUse(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>()
  for (const { key, secrets } of (await Promise.all(STORES.map((store) => keysUsed(db, store)))).flat())
    used.set(key, (used.get(key) ?? 0) + secrets)
  return used
}

interface KeyUse extends Record<string, unknown> {
  readonly kind: SealedRecord
  readonly key: string
  readonly secrets: number
}

function keysUsed(db: Queryable, { kind, table }: Store): PromiseLike<KeyUse[]> {
  return db.execute<KeyUse>(sql`select ${kind}::text as kind, key_id as key, count(*) as secrets
    from ${table} where key_id is not null group by key_id order by key_id`)
}

/**
 * Puts every stored secret under the first key, so that the others can be taken out of POOLKEEPER_KEY. Only the data
 * keys are sealed anew. Runs go on meanwhile, and whoever stores a secret waits: for an instant, or milliseconds for each.
 * One transaction: all or none.
 * @returns how many secrets were moved
 * @throws GiveUpError 'wrong-key' when one of them can't be opened
 */
export async function rotateKeys(db: Queryable, keys: readonly SealingKey[]): Promise<number> {
  return db.transaction(async (tx) => {
    let moved = 0
    for (const store of STORES) moved += await moveSecrets(tx, store, keys)
    return moved
  })
}

interface Stored extends Record<string, unknown> {
  readonly id: number
  readonly owner: string
  readonly bytes: Buffer
  readonly keyId: string
}

async function moveSecrets(tx: Transaction, store: Store, keys: readonly SealingKey[]): Promise<number> {
  const { kind, table, id, owner } = store
  const stored = await tx.execute<Stored>(sql`
    select ${id} as id, ${owner} as owner, sealed as bytes, key_id as "keyId" from ${table}
    where sealed is not null and key_id <> ${keys[0]?.id ?? ''} order by ${id} for no key update`)
  for (const secret of stored) {
    const { bytes, keyId } = rewrap(keys, secret, contextOf(kind, secret.id), `${kind} ${secret.owner}`)
    await tx.execute(sql`update ${table} set sealed = ${bytes}, key_id = ${keyId} where ${id} = ${secret.id}`)
  }
  return stored.length
}
