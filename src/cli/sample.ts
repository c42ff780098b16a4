import type { Output } from './output.ts'

type Row = Readonly<Record<string, unknown>>

/** The rows of a wide table don't fit a terminal: `--json` has every column. */
const SAMPLE_COLUMNS = 6

/** Some rows for people: of the columns those that hold most. */
export function printSample(output: Output, columns: readonly string[], rows: readonly Row[]): void {
  const most = mostFilled(columns, rows)
  const shown = columns.filter((name) => most.has(name))
  output.table(
    shown,
    rows.map((row) => shown.map((name) => cell(row[name]))),
  )
  if (shown.length < columns.length)
    output.line(`These are ${shown.length} of ${columns.length} columns; all with --json.`)
}

/** Of equally filled ones those that come first. */
function mostFilled(columns: readonly string[], rows: readonly Row[]): ReadonlySet<string> {
  const filled = (name: string) => rows.filter((row) => !isEmpty(row[name])).length
  const names = columns.filter((name) => filled(name) > 0)
  return new Set(names.toSorted((a, b) => filled(b) - filled(a)).slice(0, SAMPLE_COLUMNS))
}

const isEmpty = (value: unknown) => value === undefined || value === null

/** A settings object of JSON would push all else off the screen. */
const CELL_CHARACTERS = 40

function cell(value: unknown): string {
  if (isEmpty(value)) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > CELL_CHARACTERS ? `${text.slice(0, CELL_CHARACTERS - 1)}…` : text
}
