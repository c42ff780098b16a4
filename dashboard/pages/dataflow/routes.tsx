import { onlyFor } from '../../guard.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, page, type Visit } from '../../visit.ts'
import { DataflowPage } from './dataflowPage.tsx'
import { heldRun } from './heldRun.tsx'
import { rollBack, showRollback } from './rollback.tsx'

/** A dataflow, and rolling it back. */
export function dataflowRoutes(services: Services): readonly Route[] {
  const path = '/dataflows/:name/rollback'
  const operator = onlyFor({ role: 'operator' })
  return [
    { method: 'get', path: '/dataflows/:name', handlers: page(services, showDataflow) },
    { method: 'get', path, handlers: [operator, page(services, (visit) => showRollback(visit))] },
    { method: 'post', path, handlers: [operator, change(services, rollBack, showRollback)] },
  ]
}

/** So many runs fit a chart. */
const CHARTED = 40

async function showDataflow({ perform, params: { name = '' }, around }: Visit) {
  const [dataflow, { items: snapshots }, { items: runs }, { policy }] = await Promise.all([
    perform('showDataflow', { name }),
    perform('listSnapshots', { name }),
    perform('listDataflowRuns', { name, state: 'succeeded,failed,held', limit: CHARTED }),
    perform('showPolicy', { name }),
  ])
  return <DataflowPage {...{ dataflow, snapshots, runs, policy, around }} held={await heldRun(perform, snapshots)} />
}
