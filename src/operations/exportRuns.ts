import type { ColumnType, Row } from '../db/table.ts'
import { type HistoryQuery, listRuns, type RunRecord } from '../run/history.ts'
import type { Handler, OperationContext } from './context.ts'
import { dataflowNamed, filtersOf } from './history.ts'
import { ROW_FORMATS, type RowFormat } from './rowFormats.ts'

/** About half a megabyte of runs. */
const BATCH = 500

/** What a line of the file has: the issue of a run, its figures, and how it came about. */
const COLUMNS = columnsOf({
  ...{ run: 'integer', dataflow: 'text', state: 'text', cause: 'text', description: 'text' },
  ...{ trigger: 'text', requestedBy: 'text', requestedAt: 'text', startedAt: 'text', finishedAt: 'text' },
  ...{ seconds: 'numeric', rows: 'integer', added: 'integer', removed: 'integer', changed: 'integer' },
  ...{ requests: 'integer', throttled: 'integer', quotaWaitSeconds: 'numeric', warnings: 'integer' },
  ...{ snapshot: 'integer', priority: 'text', continues: 'integer', dryRun: 'boolean', notes: 'text' },
})

/** A file of all runs that the filters let through, read batch by batch as it is taken. */
export const exportRuns: Handler<'exportRuns'> = async (context, { dataflow, format, ...filters }) => {
  const which = { ...(await dataflowNamed(context, dataflow)), ...filtersOf(filters) }
  return {
    name: `${dataflow ?? 'all'}.runs.${format}`,
    type: ROW_FORMATS[format].type,
    chunks: write(context, which, format),
  }
}

async function* write(context: OperationContext, which: HistoryQuery, format: keyof typeof ROW_FORMATS) {
  const { header, write: lines }: RowFormat = ROW_FORMATS[format]
  yield header(COLUMNS)
  for await (const runs of readBatches(context, which)) {
    yield lines(format === 'csv' ? runs.map(flattened) : runs.map((run) => ({ ...run })), COLUMNS)
  }
}

async function* readBatches({ db, caller }: OperationContext, which: HistoryQuery): AsyncGenerator<RunRecord[]> {
  let before: number | undefined
  do {
    const runs = await listRuns(db, { ...which, visible: caller.dataflows, before, limit: BATCH })
    yield runs
    before = runs.length === BATCH ? runs.at(-1)?.run : undefined
  } while (before !== undefined)
}

/** All tables of a run together: a line of a spreadsheet has no room for a list. */
function flattened({ tables, notes, ...run }: RunRecord): Row {
  const sum = (figure: 'rows' | 'added' | 'removed' | 'changed') =>
    tables.reduce((total, table) => total + table[figure], 0)
  const sums = { rows: sum('rows'), added: sum('added'), removed: sum('removed'), changed: sum('changed') }
  return { ...run, ...sums, notes: notes.join(' ') }
}

function columnsOf(types: Readonly<Record<string, ColumnType>>) {
  return { columns: Object.entries(types).map(([name, type]) => ({ name, type })) }
}
