import { eq } from 'drizzle-orm'
import type { SealingKey } from '../config.ts'
import type { Transaction } from '../db/database.ts'
import { drafts } from '../db/schema/drafts.ts'
import { makeDataflow } from './create.ts'
import { takeOverCredentials } from './credentials.ts'
import type { Dataflow } from './dataflow.ts'
import { type Draft, poolOf } from './draft.ts'
import { parseInput, wholeDraft } from './input.ts'

/**
 * Makes a draft the dataflow that it describes, with the secret and the external id that it has.
 * @param draft as it is locked
 * @throws AskError 'bad-input' with everything that is still missing, or as `createDataflow`
 */
export async function saveDraft(
  tx: Transaction,
  keys: readonly SealingKey[],
  draft: Draft,
  now = new Date(),
): Promise<Dataflow> {
  const { credentials: _, ...settings } = parseInput(wholeDraft, draft.answers)
  const pool = poolOf(draft)
  const dataflow = await makeDataflow(tx, settings, (id) => takeOverCredentials(tx, keys, pool, id), now)
  await tx.delete(drafts).where(eq(drafts.id, draft.id))
  return dataflow
}
