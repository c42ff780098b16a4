import type { Overview } from '../../src/dataflow/overview.ts'
import { isActive } from '../../src/run/states.ts'
import { DataflowBadge, dataflowStatus } from '../parts/status.tsx'
import { counted, grouped } from '../parts/text.ts'
import { When } from '../parts/when.tsx'
import type { Surroundings } from '../surroundings.ts'
import { Layout } from './layout.tsx'

interface DataflowsPageProps {
  readonly dataflows: readonly Overview[]
  readonly around: Surroundings
}

export function DataflowsPage({ dataflows, around }: DataflowsPageProps) {
  const live = dataflows.some(({ lastRun }) => lastRun && isActive(lastRun.state))
  return (
    <Layout title="Dataflows" current="Dataflows" live={live} around={around}>
      <div class="head">
        <h1>Dataflows</h1>
        {dataflows.length > 0 && <p class="quiet">{summary(dataflows)}</p>}
      </div>
      {dataflows.length > 0 ? <Dataflows dataflows={dataflows} around={around} /> : <NoDataflows />}
    </Layout>
  )
}

function summary(dataflows: readonly Overview[]): string {
  const rows = dataflows.reduce((total, dataflow) => total + (dataflow.rows ?? 0), 0)
  return `${counted(dataflows.length, 'dataflow')} · ${counted(rows, 'row')}`
}

function NoDataflows() {
  return (
    <p class="empty">
      No dataflows yet. Import a Cognito user pool into Postgres:{' '}
      <code>npx poolkeeper dataflow create NAME --pool-id ID --region REGION</code>
    </p>
  )
}

function Dataflows({ dataflows, around }: { readonly dataflows: readonly Overview[]; readonly around: Surroundings }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">
            Tables
          </th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col">Last refresh</th>
          <th scope="col">Next run</th>
        </tr>
      </thead>
      <tbody>
        {dataflows.map((dataflow) => (
          <Row key={dataflow.name} dataflow={dataflow} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ dataflow, around }: { readonly dataflow: Overview; readonly around: Surroundings }) {
  const { name, displayName, poolId, lastRun, tables, rows, refreshedAt, nextRunAt, timezone, pausedAt } = dataflow
  const shown = displayName || name
  return (
    <tr>
      <th scope="row">
        {lastRun ? <a href={`/runs/${lastRun.id}`}>{shown}</a> : shown}
        {shown !== name && <small>{name}</small>}
        <small>{poolId}</small>
      </th>
      <td data-label="Status">
        <DataflowBadge status={dataflowStatus(dataflow, around.now)} />
      </td>
      <td data-label="Tables" class="number">
        {grouped(tables.length)}
      </td>
      <td data-label="Rows" class="number">
        {rows === null ? '–' : grouped(rows)}
      </td>
      <td data-label="Last refresh">
        <When at={refreshedAt} around={around} never="never" />
      </td>
      <td data-label="Next run">
        {pausedAt ? <span class="quiet">paused</span> : <When at={nextRunAt} around={around} zone={timezone} />}
      </td>
    </tr>
  )
}
