import type { Output } from '../../../src/api/contract.ts'
import { wordIn } from '../../query.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page, type Visit } from '../../visit.ts'
import { decisionRoutes, runOf } from './decisions.ts'
import { callOf, filtersIn, rangeOf } from './filters.ts'
import { HistoryPage } from './historyPage.tsx'
import { RunPage } from './runPage.tsx'

/** Runs: their history, each of them, and what is decided about them. */
export function runsRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/runs', handlers: page(services, (visit) => showHistory(visit, null)) },
    { method: 'get', path: '/dataflows/:name/runs', handlers: page(services, showHistoryOfDataflow) },
    { method: 'get', path: '/runs/:id', handlers: page(services, showRun) },
    ...decisionRoutes(services),
  ]
}

async function showRun(visit: Visit) {
  const { perform, around } = visit
  const id = runOf(visit)
  const run = await perform('showRun', { run: id })
  const [progress, log] = await Promise.all([perform('showProgress', { run: id }), perform('listRunLog', { run: id })])
  return <RunPage run={run} progress={progress} log={log.items} around={around} />
}

async function showHistoryOfDataflow(visit: Visit) {
  const { name } = await visit.perform('showDataflow', { name: visit.params.name ?? '' })
  return showHistory(visit, name)
}

/** Failures longer ago than that say nothing about today, unless somebody asks for them. */
const WEEK_MS = 7 * 86_400_000

async function showHistory({ query, around, perform }: Visit, dataflow: string | null) {
  const filters = filtersIn(query)
  const cursor = wordIn(query, 'cursor')
  const which = { ...(dataflow && { dataflow }) }
  const asked = rangeOf(filters, around)
  const inRange = asked.since || asked.until ? asked : { since: new Date(around.now.getTime() - WEEK_MS).toISOString() }
  const [runs, failures]: [Output<'listRuns'>, Output<'listFailures'>] = await Promise.all([
    perform('listRuns', { ...which, ...callOf(filters, around), ...(cursor && { cursor }) }),
    perform('listFailures', { ...which, ...inRange }),
  ])
  return (
    <HistoryPage
      dataflow={dataflow}
      filters={filters}
      runs={runs}
      failures={failures.items}
      when={inRange === asked ? 'in this time' : 'in the last 7 days'}
      older={cursor !== ''}
      around={around}
    />
  )
}
