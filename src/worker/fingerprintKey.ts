import type { HashKey } from '../config.ts'
import type { TableShape } from '../db/table.ts'
import { GiveUpError } from '../errors.ts'
import type { WorkContext } from './context.ts'

/**
 * The key for the fingerprints of a table.
 * @throws GiveUpError 'bad-configuration' when this worker has none, or another one than the run was planned with
 */
export function fingerprintKey({ hashKey }: WorkContext, { table, hashKey: planned }: TableShape): HashKey {
  if (hashKey && (planned ?? hashKey.id) === hashKey.id) return hashKey
  const problem = hashKey
    ? `the run was planned with the key ${planned}, and this worker has ${hashKey.id}`
    : 'there is no key to make them with'
  throw new GiveUpError(
    'bad-configuration',
    `Of ${table} only fingerprints are staged, and ${problem}.`,
    'Set POOLKEEPER_HASH_KEY to the same 32 bytes in base64 (make them: openssl rand -base64 32) for every worker, then retry the run.',
  )
}
