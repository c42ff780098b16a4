import { styleText } from 'node:util'
import Table from 'cli-table3'
import { printable } from './printable.ts'

type Cells = readonly (string | number)[]

/** A table as text, for a terminal or a file: columns apart, a line under the head, no box. */
export function drawTable(head: readonly string[], rows: readonly Cells[], target: NodeJS.WriteStream): string {
  const texts = rows.map((row) => row.map(printable))
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: RULES,
    colAligns: head.map((_, column) => (texts.every((row) => isFigure(row[column])) ? 'right' : 'left')),
    colWidths: widthsWithin(target.columns ?? Number.POSITIVE_INFINITY, [head, ...texts]),
    wordWrap: true,
  })
  table.push(...texts.map((row) => row.map((text) => paint(text, target))))
  return table.toString()
}

/** A number, written as one: those stand to the right, so that their digits stand below each other. */
function isFigure(cell: string | undefined): boolean {
  return cell !== undefined && /^[\d,.]+$/.test(cell)
}

/** Below this a column can't be read: a terminal that is too narrow for all of them wraps the lines itself. */
const NARROWEST = 8

const GAP = '  '

/** The widest columns give way until all of them fit; null leaves a column as wide as what it holds. */
function widthsWithin(room: number, rows: readonly (readonly string[])[]): (number | null)[] {
  const natural = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => longestLine(row[column] ?? ''))))
  const widths = [...natural]
  const total = () => widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  for (let widest = Math.max(...widths); total() > room && widest > NARROWEST; widest = Math.max(...widths)) {
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths.map((width, column) => (width === natural[column] ? null : width))
}

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}

const COLOURS = {
  succeeded: 'green',
  failed: 'red',
  held: 'yellow',
  cancelled: 'gray',
  skipped: 'gray',
  ...({ queued: 'cyan', planning: 'cyan', streaming: 'cyan', publishing: 'cyan' } as const),
} as const

const STATE = new RegExp(`^(${Object.keys(COLOURS).join('|')})\\b`)

/** Colours the state that a cell begins with; on a terminal, and not where NO_COLOR is set. */
function paint(text: string, stream: NodeJS.WriteStream): string {
  return text.replace(STATE, (state) => styleText(COLOURS[state as keyof typeof COLOURS], state, { stream }))
}

const RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
}
