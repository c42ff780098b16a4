import type { Output as Answer } from '../../api/contract.ts'
import type { Output } from '../output.ts'
import { duration } from '../progress.ts'
import { printSample } from '../sample.ts'

type Preview = Answer<'previewRun'>
type TablePreview = Preview['tables'][number]
type QuotaCost = Preview['quotas'][number]

const n = (value: number) => value.toLocaleString('en')

/** A preview for people: the run as a whole, then table by table. */
export function printPreview(output: Output, { pool, tables, quotas, seconds }: Preview): void {
  if (!pool) return
  output.line(`${pool.name} (${pool.poolId}), about ${n(pool.estimatedUsers)} users`)
  output.line()
  output.table(
    ['Table', 'Rows', 'Requests', 'Purpose'],
    tables.map((table) => [table.table, rows(table), requests(table), table.purpose]),
  )
  output.line()
  output.table(
    ['Quota', 'Requests', 'Taken of it', 'Time'],
    quotas.map((quota) => [quota.category, n(quota.requests), share(quota), duration(Math.ceil(quota.seconds))]),
  )
  output.line()
  output.line(
    `A run takes at least ${duration(Math.ceil(seconds))}. What AWS allows is for the whole account and Region.`,
  )
  for (const table of tables) printTable(output, table)
}

function rows({ rows, counted, refused }: TablePreview): string {
  if (refused.length > 0) return 'may not be read'
  if (rows === null) return 'known once read'
  return counted === 'exactly' ? n(rows) : `${counted} ${n(rows)}`
}

function requests({ requests, way }: TablePreview): string {
  return way ? `${n(requests)}, ${way}` : n(requests)
}

function share({ allowed, taken }: QuotaCost): string {
  return `${n(taken)} of ${n(allowed)} requests/s (${Math.round((taken / allowed) * 100)} %)`
}

function printTable(output: Output, { table, columns, sample, cost, refused }: TablePreview): void {
  output.line()
  output.line(`${table}:`)
  if (cost) output.line(cost)
  for (const refusal of refused) output.line(refusal)
  output.table(
    ['Column', 'Type', 'Personal', 'Treatment', 'From'],
    columns.map(({ name, type, personal, treatment = 'keep', field }) => [name, type, personal, treatment, field]),
  )
  if (sample.length === 0) return
  output.line()
  output.line('The first rows, personal values masked:')
  printSample(
    output,
    columns.map(({ name }) => name),
    sample,
  )
}
