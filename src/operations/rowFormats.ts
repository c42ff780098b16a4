import { stringify } from 'csv-stringify/sync'
import type { Column, ColumnType, Row } from '../db/table.ts'

/** The columns of a file, in their order. */
interface Columns {
  readonly columns: readonly Pick<Column, 'name' | 'type'>[]
}

/** How rows are written into a file. */
export interface RowFormat {
  readonly type: string
  header(shape: Columns): string
  write(rows: readonly Row[], shape: Columns): string
}

const NUMBERS: ReadonlySet<ColumnType> = new Set(['integer', 'bigint', 'numeric'])

/** RFC 4180. What a spreadsheet would run as a formula gets an apostrophe in front; a negative number is none. */
function csv(records: readonly (readonly unknown[])[], { columns }: Columns): string {
  return stringify([...records], {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      boolean: String,
      string: (value, { index }) => ({ value, escape_formulas: !NUMBERS.has(columns[index]?.type ?? 'text') }),
    },
  })
}

export const ROW_FORMATS: Readonly<Record<'csv' | 'ndjson', RowFormat>> = {
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    header: (shape) => csv([shape.columns.map(({ name }) => name)], shape),
    write: (rows, shape) =>
      csv(
        rows.map((row) => shape.columns.map(({ name }) => row[name])),
        shape,
      ),
  },
  ndjson: {
    type: 'application/x-ndjson; charset=utf-8',
    header: () => '',
    write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
}
