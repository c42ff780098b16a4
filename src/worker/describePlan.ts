import { pagesOf } from '../cognito/pageSize.ts'
import { type QuotaCategory, quotaOf } from '../cognito/quotas.ts'
import type { StreamSource } from '../db/schema/tasks.ts'
import type { TableShape } from '../db/table.ts'
import { createCeilings } from '../quota/ceilings.ts'
import type { WorkContext } from './context.ts'
import { tablesToRead } from './someTables.ts'

/** What is going to be read, for the run's log. */
export function describeStreams(streams: readonly StreamSource[], estimatedUsers: number): string {
  const counts = new Map<string, number>()
  // two tables may want the same one
  const different = new Map(streams.map((stream) => [JSON.stringify(stream), stream]))
  for (const { source } of different.values()) counts.set(source, (counts.get(source) ?? 0) + 1)
  const read = [...counts].map(([source, count]) => (count === 1 ? source : `${source} in ${count} streams`))
  const pages = `About ${counted(estimatedUsers)} users take ${counted(pagesOf(estimatedUsers))} requests.`
  return `Planned: ${listed(read)}.${counts.has('users') ? ` ${pages}` : ''}`
}

/** Out of which quotas a run's requests come, and how many may go out in a second. */
export async function describeQuotas({ db, pool }: WorkContext, shapes: readonly TableShape[]): Promise<string> {
  const ceilings = createCeilings(db)
  await ceilings.refresh()
  const { account = pool.poolId, region } = pool
  const rates = categoriesOf(shapes).map((category) => {
    const { allowed } = ceilings.of({ account, region, category })
    return `${category} at ${counted(allowed)}/s`
  })
  return `Requests come out of the quotas of account ${account} in ${region}: ${listed(rates)}.`
}

function categoriesOf(shapes: readonly TableShape[]): QuotaCategory[] {
  const operations = tablesToRead(shapes).flatMap(({ operations }) => operations)
  return [...new Set(operations.map((operation) => quotaOf(operation).category))]
}

const counted = (count: number) => count.toLocaleString('en', { maximumFractionDigits: 1 })

const listed = (parts: readonly string[]) => new Intl.ListFormat('en').format(parts)
