import { recordAudit } from '../access/audit.ts'
import type { Row } from '../db/table.ts'
import { type Look, readRows } from '../snapshot/read.ts'
import type { Handler, OperationContext } from './context.ts'
import { lookFor } from './look.ts'
import { type OpenTable, openTable } from './openTable.ts'
import { ROW_FORMATS, type RowFormat } from './rowFormats.ts'
import { openColumns, shownRows } from './shownRows.ts'

/** About half a megabyte of users. */
const BATCH = 1_000

type What = Pick<Look, 'filters' | 'sort'>

/**
 * A file of all rows, read batch by batch as it is taken: for whoever is slow nothing is held open, and no more than a
 * batch stands in memory. The rows of a snapshot never change, so the batches together are one state.
 */
export const exportRows: Handler<'exportRows'> = async (context, { format, filter, ...name }) => {
  const table = await openTable(context, name)
  const { dataflow, snapshot, shape } = table
  const look = lookFor({ filter }, shape, context.caller)
  // what is wrong is told while it can still be told as a problem
  await readFrom(context, table, { ...look, limit: 1 })
  await note(context, table, { format, columns: openColumns(shape, context.caller) })
  return {
    name: `${dataflow.schema}.${shape.table}.${snapshot?.id ?? 'empty'}.${format}`,
    type: ROW_FORMATS[format].type,
    chunks: write(context, table, look, ROW_FORMATS[format]),
  }
}

/** Notes as it ends how many rows went out, and whether that was all. */
async function* write(context: OperationContext, table: OpenTable, look: What, format: RowFormat) {
  let rows = 0
  let whole = false
  try {
    yield format.header(table.shape)
    for await (const batch of readBatches(context, table, look)) {
      yield format.write(shownRows(batch, table.shape, context.caller), table.shape)
      rows += batch.length
    }
    whole = true
  } finally {
    await note(context, table, { rows, whole })
  }
}

async function* readBatches(context: OperationContext, table: OpenTable, look: What): AsyncGenerator<Row[]> {
  let after: string | undefined
  do {
    const found = await readFrom(context, table, { ...look, limit: BATCH, after })
    yield found.map(({ row }) => row)
    after = found.length === BATCH ? found.at(-1)?.place : undefined
  } while (after !== undefined)
}

async function readFrom({ db }: OperationContext, { dataflow, snapshot, shape }: OpenTable, look: Look) {
  return snapshot ? readRows(db, { dataflow, snapshotId: snapshot.id, shape }, look) : []
}

function note({ db, caller }: OperationContext, { dataflow, snapshot, shape }: OpenTable, details: object) {
  const target = `${dataflow.schema}.${shape.table}`
  return recordAudit(db, caller, {
    ...{ action: 'exportRows', dataflow, target },
    details: { snapshot: snapshot?.id ?? null, ...details },
  })
}
