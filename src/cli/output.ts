import Table from 'cli-table3'

/** How commands speak: JSON to stdout, everything else to stderr, so that `--json | jq` always works. */
export interface Output {
  /** One JSON value on stdout. */
  json(value: unknown): void
  /** A line for people. */
  line(text?: string): void
  /** A table for people, sized to what it holds. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void
  /** What went wrong and what to do, in one line. */
  error(text: string): void
}

export function createOutput(stdout = process.stdout, stderr = process.stderr): Output {
  return {
    json: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    line: (text = '') => void stderr.write(`${printable(text)}\n`),
    table: (head, rows) => {
      const table = new Table({
        head: [...head],
        style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
        chars: RULES,
        colAligns: head.map((_, column) => (rows.every((row) => isFigure(row[column])) ? 'right' : 'left')),
      })
      table.push(...rows.map((row) => row.map(printable)))
      stderr.write(`${table.toString()}\n`)
    },
    error: (text) => void stderr.write(`poolkeeper: ${printable(text).replaceAll('\n', ' ')}\n`),
  }
}

/** A number, written as one: those stand to the right, so that their digits stand below each other. */
function isFigure(cell: string | number | undefined): boolean {
  return /^[\d,.]+$/.test(String(cell))
}

/** Control characters would let a user's attribute value steer the terminal of whoever looks at it. */
function printable(cell: string | number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being taken out
  return String(cell).replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}

/** Columns apart, a line under the head, no box. */
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
  middle: '  ',
}
