import { sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { drafts } from '../db/schema/drafts.ts'

/** Days after which nobody comes back to a draft: the secrets in them don't wait for ever. */
const KEPT_DAYS = 14

/** Throws away what nobody has gone on with. In a file of its own: a scheduler has no use for the rest, nor for AWS's SDK. */
export async function pruneDrafts(db: Queryable): Promise<void> {
  await db.delete(drafts).where(sql`${drafts.updatedAt} < now() - make_interval(days => ${KEPT_DAYS})`)
}
