import { listAudit as list } from '../access/audit.ts'
import type { Handler } from './context.ts'
import { pageOf } from './page.ts'

export const listAudit: Handler<'listAudit'> = ({ db }, { cursor: before, limit, ...filters }) =>
  pageOf(
    limit,
    (most) => list(db, { ...filters, before, limit: most }),
    ({ id }) => id,
  )
