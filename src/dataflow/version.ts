import type { Transaction } from '../db/database.ts'
import { AskError } from '../errors.ts'
import { lockDataflow } from './dataflow.ts'

/**
 * Goes on only if a dataflow is as somebody has seen it, and keeps it so until the transaction ends: of two who change the
 * same version, the later one is told.
 * @param seen the versions that will do
 * @throws AskError 'changed-meanwhile', or 'not-found' when it has been removed
 */
export async function requireVersion(tx: Transaction, name: string, seen: readonly number[]): Promise<void> {
  const dataflow = await lockDataflow(tx, name, 'no key update')
  if (seen.includes(dataflow.version)) return
  throw new AskError(
    'changed-meanwhile',
    `${dataflow.name} has been changed since you read it, so nothing was changed.`,
    'Read it again, and change it as it is now.',
  )
}
