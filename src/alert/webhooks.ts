import { eq } from 'drizzle-orm'
import { newSecret } from '../access/secret.ts'
import type { SealingKey } from '../config.ts'
import { checkKeys } from '../dataflow/sealedSecrets.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { webhooks } from '../db/schema/webhooks.ts'
import { AskError } from '../errors.ts'
import { checkedUrl } from './destination.ts'
import { sealTarget, type Target } from './target.ts'

type Row = typeof webhooks.$inferSelect

/** A webhook as it may be shown. */
export type Webhook = Omit<Row, 'sealed' | 'keyId'>

export interface NewWebhook extends Omit<Webhook, 'id' | 'host' | 'createdAt'> {
  readonly url: string
}

/** Tells what it is to whoever finds one, scanners for leaked secrets among them. */
const PREFIX = 'pkwh_'

/** All but the secret. */
const SHOWN = {
  id: webhooks.id,
  name: webhooks.name,
  format: webhooks.format,
  events: webhooks.events,
  dataflows: webhooks.dataflows,
  host: webhooks.host,
  createdBy: webhooks.createdBy,
  createdAt: webhooks.createdAt,
}

/**
 * Makes a webhook. Its address and its secret are sealed: neither is shown again.
 * @throws AskError 'bad-input' for what is no address, 'wrong-key' when other secrets are sealed under a key that is not
 *   among these
 */
export async function createWebhook(
  tx: Transaction,
  keys: readonly SealingKey[],
  { url: text, ...wanted }: NewWebhook,
): Promise<Webhook & Pick<Target, 'secret'>> {
  const url = checkedUrl(text)
  const secret = wanted.format === 'slack' ? null : `${PREFIX}${newSecret()}`
  await checkKeys(tx, keys)
  // a seal is bound to the record's id, which the record has once it is there
  const unsealed = { sealed: Buffer.alloc(0), keyId: '' }
  const [created] = await tx
    .insert(webhooks)
    .values({ ...wanted, host: url.host, ...unsealed })
    .returning(SHOWN)
  if (!created) throw new TypeError('an insert of one webhook returned no row')
  const { bytes, keyId } = sealTarget(keys, created.id, { url, secret })
  await tx.update(webhooks).set({ sealed: bytes, keyId }).where(eq(webhooks.id, created.id))
  return { ...created, secret }
}

/** Every webhook, in the order in which they were made. */
export function listWebhooks(db: Queryable): Promise<Webhook[]> {
  return db.select(SHOWN).from(webhooks).orderBy(webhooks.id)
}

/** @throws AskError 'not-found' */
export async function findWebhook(db: Queryable, id: number): Promise<Webhook> {
  const [found] = await db.select(SHOWN).from(webhooks).where(eq(webhooks.id, id))
  if (found) return found
  throw notFound(id)
}

/** Removes a webhook with what was still to be delivered to it. @throws AskError 'not-found' */
export async function removeWebhook(db: Queryable, id: number): Promise<Webhook> {
  const [removed] = await db.delete(webhooks).where(eq(webhooks.id, id)).returning(SHOWN)
  if (removed) return removed
  throw notFound(id)
}

function notFound(id: number): AskError {
  return new AskError('not-found', `There is no webhook ${id}.`, 'See `poolkeeper webhook list`.')
}
