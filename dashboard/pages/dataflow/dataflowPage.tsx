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
  const { name, displayName, schedule, timezone } = dataflow
  const live = isUnderWay(dataflow)
  return (
    <Layout title={displayName || name} current="Dataflows" live={live} around={around}>
      <Live id="dataflow" on={live} around={around}>
        <Head dataflow={dataflow} around={around} />
        {held ? <HeldRun run={held} around={around} /> : <Standing dataflow={dataflow} around={around} />}
        <RolledBack dataflow={dataflow} snapshots={snapshots} around={around} />
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

/** Readers see an earlier import than the last: by a rollback, which can be taken back. */
function RolledBack({
  dataflow: { name, pausedAt },
  snapshots,
  around,
}: Pick<DataflowPageProps, 'dataflow' | 'snapshots' | 'around'>) {
  const kept = snapshots.filter(({ state }) => state === 'kept')
  const [newest, seen] = [kept[0], kept.find(({ published }) => published)]
  if (!newest || !seen || newest === seen) return null
  return (
    <div class="explained acting">
      <p>
        Readers see run {seen.run}: it was rolled back from run {newest.run}
        {pausedAt && ', and the schedule is paused so that the next run doesn’t undo it'}.
      </p>
      {mayAct(around.role, 'operator') && (
        <a class="button" href={`/dataflows/${name}/rollback?to=${newest.run}`}>
          Go forward again
        </a>
      )}
      {pausedAt && mayAct(around.role, 'admin') && (
        <Action name="Resume the schedule" to={`/dataflows/${name}/resume`} around={around} />
      )}
    </div>
  )
}
