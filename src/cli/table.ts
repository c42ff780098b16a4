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

/**
 * How wide each column is: the widest give way until all of them fit, down to their longest word, and only then down to what
 * cuts words. Null leaves a column as wide as what it holds.
 */
function widthsWithin(room: number, rows: readonly (readonly string[])[]): (number | null)[] {
  const widest = (parts: RegExp) =>
    (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.flatMap((row) => (row[column] ?? '').split(parts).map(({ length }) => length))),
    )
  const natural = widest(/\n/)
  const words = widest(/\s+/)
  const whole = narrowed(natural, words, room)
  const fitted = narrowed(
    whole,
    words.map((word) => Math.min(word, NARROWEST)),
    room,
  )
  return fitted.map((width, column) => (width === natural[column] ? null : width))
}

/** @param least what each column has at least */
function narrowed(widths: readonly number[], least: readonly number[], room: number): number[] {
  const narrow = [...widths]
  const total = () => narrow.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  while (total() > room) {
    const spare = narrow.map((width, column) => (width > (least[column] ?? 0) ? width : 0))
    const widest = Math.max(...spare)
    if (widest === 0) break
    narrow[spare.indexOf(widest)] = widest - 1
  }
  return narrow
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
