import type { HashKey } from '../config.ts'
import { GiveUpError } from '../errors.ts'
import type { WorkContext } from './context.ts'

/** @throws GiveUpError 'bad-configuration' when this worker was given none. */
export function neededHashKey({ hashKey, dataflow }: WorkContext): HashKey {
  if (hashKey) return hashKey
  throw new GiveUpError(
    'bad-configuration',
    `${dataflow.name} holds tables that are imported without a value of theirs, which takes a key for hashing, and this worker has none.`,
    'Set POOLKEEPER_HASH_KEY to the same 32 bytes in base64 for every worker (make them: openssl rand -base64 32), then retry the run.',
  )
}
