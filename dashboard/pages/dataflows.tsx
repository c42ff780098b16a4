import type { Overview } from '../../src/dataflow/overview.ts'
import { isActive } from '../../src/run/states.ts'
import { DataflowBadge, dataflowStatus } from '../parts/status.tsx'
import { counted, grouped } from '../parts/text.ts'
import { When } from '../parts/when.tsx'
import { Layout, type Surroundings } from './layout.tsx'

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
      {dataflows.length > 0 ? <Dataflows dataflows={dataflows} now={around.now} /> : <NoDataflows />}
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

function Dataflows({ dataflows, now }: { readonly dataflows: readonly Overview[]; readonly now: Date }) {
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
          <Row key={dataflow.name} dataflow={dataflow} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ dataflow, now }: { readonly dataflow: Overview; readonly now: Date }) {
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
        <DataflowBadge status={dataflowStatus(dataflow, now)} />
      </td>
      <td data-label="Tables" class="number">
        {grouped(tables.length)}
      </td>
      <td data-label="Rows" class="number">
        {rows === null ? '–' : grouped(rows)}
      </td>
      <td data-label="Last refresh">
        <When at={refreshedAt} now={now} never="never" />
      </td>
      <td data-label="Next run">
        {pausedAt ? <span class="quiet">paused</span> : <When at={nextRunAt} now={now} timeZone={timezone} />}
      </td>
    </tr>
  )
}
