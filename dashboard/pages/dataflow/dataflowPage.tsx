import { mayAct } from '../../../src/access/caller.ts'
import type { Output } from '../../../src/api/contract.ts'
import { Action } from '../../parts/action.tsx'
import { Policy } from '../../parts/copyable.tsx'
import { DataflowMenu } from '../../parts/dataflowMenu.tsx'
import { Live } from '../../parts/live.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { StatusBadge } from '../../parts/status.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { NextTimes } from '../dataflowForm/nextTimes.tsx'
import { Layout } from '../layout.tsx'
import { DataflowFigures } from './figures.tsx'
import { HeldRun } from './heldRun.tsx'
import { type Rollback, RolledBack, rollbackIn } from './rolledBack.tsx'
import { RunCharts } from './runCharts.tsx'
import { Settings } from './settings.tsx'
import { Snapshots } from './snapshots.tsx'
import { Standing } from './standing.tsx'
import { ImportedTables } from './tables.tsx'

export type Dataflow = Output<'showDataflow'>
export type Snapshot = Output<'listSnapshots'>['items'][number]
export type Run = Output<'showRun'>

interface DataflowPageProps {
  readonly dataflow: Dataflow
  readonly snapshots: readonly Snapshot[]
  /** Those that imported something or failed, newest first. */
  readonly runs: readonly Run[]
  /** The run that waits for somebody's decision. */
  readonly held: Run | undefined
  readonly policy: Readonly<Record<string, unknown>>
  readonly around: Surroundings
}

/** One dataflow: how it stands, what it has imported, and how it is set up. */
export function DataflowPage({ dataflow, snapshots, runs, held, policy, around }: DataflowPageProps) {
  const { name, displayName, schedule, timezone, pausedAt } = dataflow
  const live = isUnderWay(dataflow)
  const rolledBack = rollbackIn(snapshots)
  return (
    <Layout title={displayName || name} current="Dataflows" live={live} around={around}>
      <Live id="dataflow" on={live} around={around}>
        <Head dataflow={dataflow} around={around} />
        {held && <HeldRun run={held} around={around} />}
        {!held && !isPausedBy(rolledBack, dataflow) && <Standing dataflow={dataflow} around={around} />}
        {rolledBack && <RolledBack dataflow={dataflow} {...rolledBack} around={around} />}
        <DataflowFigures dataflow={dataflow} snapshots={snapshots} around={around} />
        <h2>Tables</h2>
        <ImportedTables dataflow={dataflow} snapshot={snapshots.find(({ published }) => published)} />
      </Live>
      <h2>Runs</h2>
      <RunCharts dataflow={name} runs={runs} around={around} />
      <h2 id="snapshots">Snapshots</h2>
      <Snapshots dataflow={name} snapshots={snapshots} around={around} />
      <div class="beside">
        <Settings dataflow={dataflow} around={around} />
        <section aria-labelledby="schedule">
          <h2 id="schedule">Schedule</h2>
          <div class="panel next">
            {pausedAt && <p class="quiet">Paused: none of these comes before it is resumed.</p>}
            <NextTimes schedule={schedule} timezone={timezone} around={around} />
          </div>
        </section>
      </div>
      <h2 id="policy">IAM policy</h2>
      <p class="below">The least that its tables need, for its role or the owner of its access key.</p>
      <Policy id="policy-text" policy={policy} label={`the policy of ${name}`} />
    </Layout>
  )
}

function isUnderWay({ status }: Dataflow): boolean {
  return status === 'running' || status === 'queued'
}

/** Why it is paused is said with the rollback then. */
function isPausedBy(rolledBack: Rollback | undefined, { status }: Dataflow): boolean {
  return rolledBack !== undefined && status === 'paused'
}

function Head({ dataflow, around }: Pick<DataflowPageProps, 'dataflow' | 'around'>) {
  const { name, displayName, status, refreshedAt } = dataflow
  const [operates, at] = [mayAct(around.role, 'operator'), `/dataflows/${name}`]
  return (
    <PageHead
      crumbs={[{ name: 'Dataflows', href: '/' }]}
      title={
        <>
          {displayName || name} <StatusBadge status={status} />
        </>
      }
    >
      {operates && refreshedAt && (
        <a class="button" href={`${at}/rollback`}>
          Rollback
        </a>
      )}
      {operates && !isUnderWay(dataflow) && <Action name="Run" to={`${at}/run`} around={around} kind="main" />}
      <DataflowMenu dataflow={dataflow} around={around} />
    </PageHead>
  )
}
