import { wordIn } from '../../query.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page, type Visit } from '../../visit.ts'
import { rangeOf } from '../runs/filters.ts'
import { type AuditFilters, AuditPage } from './audit.tsx'

export function auditRoutes(services: Services): readonly Route[] {
  return [{ method: 'get', path: '/settings/audit', handlers: page(services, showAudit) }]
}

async function showAudit({ query, around, perform }: Visit) {
  const filters = filtersIn(query)
  const { actor, action, dataflow } = filters
  const cursor = wordIn(query, 'cursor')
  const audit = await perform('listAudit', {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(dataflow && { dataflow }),
    ...rangeOf(filters, around),
    ...(cursor && { cursor }),
  })
  return <AuditPage audit={audit} filters={filters} older={cursor !== ''} around={around} />
}

function filtersIn(query: Visit['query']): AuditFilters {
  const text = (name: keyof AuditFilters) => wordIn(query, name).trim()
  return {
    ...{ actor: text('actor'), action: text('action'), dataflow: text('dataflow') },
    ...{ within: text('within'), from: text('from'), to: text('to') },
  }
}
