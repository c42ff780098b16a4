import { z } from 'zod'
import type { SealingKey } from '../config.ts'
import { contextOf, open, type Sealed, seal } from '../dataflow/seal.ts'
import type { webhooks } from '../db/schema/webhooks.ts'

/** What it takes to reach a webhook. */
export interface Target {
  readonly url: URL
  /** What its requests are signed with; null for Slack, which looks at no signature. */
  readonly secret: string | null
}

const target = z.object({ url: z.string(), secret: z.string().nullable() })

/** @throws AskError when there is no key */
export function sealTarget(keys: readonly SealingKey[], webhook: number, { url, secret }: Target): Sealed {
  return seal(keys, JSON.stringify({ url, secret }), contextOf('webhook', webhook))
}

/** @throws GiveUpError 'wrong-key' when the key that it is sealed under is not among the keys */
export function openTarget(
  keys: readonly SealingKey[],
  { id, sealed, keyId }: Pick<typeof webhooks.$inferSelect, 'id' | 'sealed' | 'keyId'>,
): Target {
  const plaintext = open(keys, { bytes: sealed, keyId }, contextOf('webhook', id), `webhook ${id}`)
  const { url, secret } = target.parse(JSON.parse(plaintext.toString()))
  return { url: new URL(url), secret }
}
