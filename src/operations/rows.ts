import { recordAudit } from '../access/audit.ts'
import { readRows } from '../snapshot/read.ts'
import type { Handler, OperationContext } from './context.ts'
import { lookFor } from './look.ts'
import { type OpenTable, openTable } from './openTable.ts'
import { pageOf } from './page.ts'
import { maskedColumns, openColumns, shownRows } from './shownRows.ts'

export const listRows: Handler<'listRows'> = async (context, { limit, cursor, filter, sort, ...name }) => {
  const { db, caller } = context
  const table = await openTable(context, name, cursor?.snapshot)
  const { dataflow, snapshot, shape } = table
  const look = { ...lookFor({ filter, sort }, shape, caller), after: cursor?.at }
  const target = snapshot && { dataflow, snapshotId: snapshot.id, shape }
  const { items, next } = await pageOf(
    limit,
    async (most) => (target ? readRows(db, target, { ...look, limit: most }) : []),
    ({ place }) => ({ snapshot: target?.snapshotId, at: place }),
  )
  await noteLook(context, table, items.length)
  return {
    items: shownRows(
      items.map(({ row }) => row),
      shape,
      caller,
    ),
    next,
    snapshot: snapshot?.id ?? null,
    masked: maskedColumns(shape, caller),
  }
}

/** Whoever is shown masked values has not looked at anybody. */
async function noteLook({ db, caller }: OperationContext, { dataflow, snapshot, shape }: OpenTable, rows: number) {
  const columns = openColumns(shape, caller)
  if (columns.length === 0) return
  const target = `${dataflow.schema}.${shape.table}`
  const details = { snapshot: snapshot?.id ?? null, columns, rows }
  await recordAudit(db, caller, { action: 'listRows', dataflow, target, details })
}
