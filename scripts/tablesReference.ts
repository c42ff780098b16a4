import { CATALOGUE } from '../src/cognito/catalogue.ts'
import type { SourceColumn } from '../src/cognito/columns.ts'
import { describeOptInCost } from '../src/cognito/optInCost.ts'
import { CATEGORY_RATES, type Operation, QUOTA_SHARE, quotaOf } from '../src/cognito/quotas.ts'
import type { SourceTable } from '../src/cognito/sourceTable.ts'

const BEGINNING = '<!-- From here on the page is written by npm run docs:tables -->'

/** Many enough to show what grows with what. */
const SAMPLE = 1_000

/**
 * The page about the tables, with its reference as the catalogue has it now. What stands above it is kept.
 * @throws RangeError for a page without the mark where the reference begins
 */
export function withReference(page: string): string {
  const at = page.indexOf(BEGINNING)
  if (at < 0) throw new RangeError(`The page has no line ${BEGINNING}`)
  return `${page.slice(0, at)}${BEGINNING}\n\n${[...CATALOGUE.values()].map(section).join('\n')}`
}

function section(table: SourceTable): string {
  const { comment, key, columns } = table.shape(null)
  return `## \`${table.source}\`

${comment}.${table.byDefault ? '' : ' Imported only where it is chosen.'}

- Operations: ${table.operations.map(operationWithQuota).join(', ')}
- Requests for ${counted(SAMPLE)} rows, of a pool with ${counted(SAMPLE)} users and ${counted(SAMPLE)} groups: ${requestsOf(table)}
${table.optIn ? `- Cost: ${describeOptInCost(table, QUOTA_SHARE)}\n` : ''}- Key: ${key.map(code).join(', ')}

| column | type | from | tells of a person | about |
|---|---|---|---|---|
${columns.map(columnLine).join('\n')}
${leftOut(table)}`
}

function operationWithQuota(operation: Operation): string {
  const { category, perPool } = quotaOf(operation)
  return `${code(operation)} (${category}, ${CATEGORY_RATES[category]}/s${perPool ? `, ${perPool}/s for one pool` : ''})`
}

function requestsOf(table: SourceTable): string {
  const requests = table.requests({ rows: SAMPLE, users: SAMPLE, groups: SAMPLE })
  return Object.entries(requests)
    .map(([operation, count]) => `${counted(count)} ${operation}`)
    .join(', ')
}

function columnLine({ name, type, field, personal, comment }: SourceColumn): string {
  const about = comment === field ? '' : comment.replace(`${field}: `, '')
  return `| ${[code(name), type, code(field), personal, cell(about)].join(' | ')} |`
}

function leftOut({ leftOut = {} }: SourceTable): string {
  const lines = Object.entries(leftOut).map(([field, reason]) => `- ${code(field)}: ${reason}\n`)
  return lines.length > 0 ? `\nLeft out:\n\n${lines.join('')}` : ''
}

const code = (text: string) => `\`${text}\``
const cell = (text: string) => text.replaceAll('|', '\\|')
const counted = (count: number) => count.toLocaleString('en')
