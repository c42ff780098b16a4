import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { printable } from './printable.ts'
import { drawTable } from './table.ts'

/** How commands speak: JSON to stdout, everything else to stderr, so that `--json | jq` always works. */
export interface Output {
  /** One JSON value on stdout. */
  json(value: unknown): void
  /** Text on stdout, as it is: what somebody asked for in order to keep it. */
  text(text: string): void
  /** The same for what is too much to be held at once. */
  file(chunks: AsyncIterable<string>): Promise<void>
  /** A line for people. */
  line(text?: string): void
  /** A table for people, sized to what it holds and to the terminal. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void
  /** What went wrong and what to do, in one line. */
  error(text: string): void
}

export function createOutput(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  return {
    json: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    text: (text) => void stdout.write(text),
    file: (chunks) => pipeline(Readable.from(chunks), stdout, { end: false }),
    line: (text = '') => void stderr.write(`${printable(text)}\n`),
    table: (head, rows) => void stderr.write(`${drawTable(head, rows, stderr)}\n`),
    error: (text) => void stderr.write(`poolkeeper: ${printable(text).replaceAll('\n', ' ')}\n`),
  }
}
