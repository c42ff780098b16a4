import { listAudit as list } from '../access/audit.ts'
import type { Handler } from './context.ts'

export const listAudit: Handler<'listAudit'> = async ({ db }, { since, until, cursor, limit, ...query }) => {
  const found = await list(db, {
    ...query,
    ...{
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    },
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  })
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? String(items.at(-1)?.id) : null }
}
