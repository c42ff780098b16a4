import type { Outcome } from './bench.ts'
import type { machine } from './machine.ts'

/** What `npm run bench -- --json` prints of a bench. */
export interface Result extends Outcome {
  readonly bench: string
  readonly machine: ReturnType<typeof machine>
}

/** The results in what was printed: one JSON object a bench, among lines that npm has written. */
export function resultsIn(text: string): Result[] {
  return [...text.matchAll(/^\{$.*?^\}$/gms)].map(([json]) => JSON.parse(json))
}

/**
 * A page with the results of a bench put in place of the older ones, between `<!-- bench:name -->` and its end.
 * @param chart the path of its picture; undefined where there is none
 * @throws RangeError when the page has no such place.
 */
export function withResult(page: string, result: Result, chart?: string): string {
  const [begin, end] = [`<!-- bench:${result.bench} -->`, `<!-- /bench:${result.bench} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new RangeError(`The page has no place for ${result.bench}: ${begin} … ${end}`)
  const picture = chart ? [`![${result.bench}](${chart})`] : []
  const parts = [measuredOn(result), ...picture, goalTable(result), rowTable(result)]
  return `${page.slice(0, from)}${begin}\n${parts.join('\n\n')}\n${page.slice(to)}`
}

function measuredOn({ machine: { date, cpu, cores, memoryGB, node, platform } }: Result): string {
  return `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGB} GB, Node ${node}, ${platform}.`
}

function goalTable({ goals }: Result): string {
  const rows = goals.map(({ name, goal, value, met }) => [name, goal, value, met ? '✓' : '✗'])
  return table(['goal', 'wanted', 'measured', ''], rows)
}

function rowTable({ rows }: Result): string {
  return table(
    Object.keys(rows[0] ?? {}).map(inWords),
    rows.map((row) => Object.values(row)),
  )
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** `usersPerSecond` → `users per second`, `peakMB` → `peak MB` */
function inWords(name: string): string {
  return name
    .replace(/[a-z][A-Z][a-z]/g, ([end, first, ...rest]) => `${end} ${first?.toLowerCase()}${rest.join('')}`)
    .replace(/[a-z][A-Z]/g, ([end, first]) => `${end} ${first}`)
}
