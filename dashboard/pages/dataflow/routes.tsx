import type { Output } from '../../../src/api/contract.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page, type Visit } from '../../visit.ts'
import { DataflowPage, type Snapshot } from './dataflowPage.tsx'

/** A dataflow. */
export function dataflowRoutes(services: Services): readonly Route[] {
  return [{ method: 'get', path: '/dataflows/:name', handlers: page(services, showDataflow) }]
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

/** The run that waits for somebody to decide about it. */
async function heldRun(
  perform: Visit['perform'],
  snapshots: readonly Snapshot[],
): Promise<Output<'showRun'> | undefined> {
  const held = snapshots.find(({ state }) => state === 'held')
  return held && perform('showRun', { run: held.run })
}
