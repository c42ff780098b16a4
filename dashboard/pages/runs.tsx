import type { RunRecord } from '../../src/run/history.ts'
import { isActive } from '../../src/run/states.ts'
import { Prose } from '../parts/prose.tsx'
import { RunBadge } from '../parts/status.tsx'
import { duration, grouped } from '../parts/text.ts'
import { When } from '../parts/when.tsx'
import type { Surroundings } from '../surroundings.ts'
import { Layout } from './layout.tsx'

interface RunsPageProps {
  readonly runs: readonly RunRecord[]
  readonly around: Surroundings
}

export function RunsPage({ runs, around }: RunsPageProps) {
  return (
    <Layout title="Runs" current="Runs" live={runs.some(({ state }) => isActive(state))} around={around}>
      <div class="head">
        <h1>Runs</h1>
        {runs.length > 0 && <p class="quiet">The latest {runs.length}</p>}
      </div>
      {runs.length > 0 ? <Runs runs={runs} around={around} /> : <NoRuns />}
    </Layout>
  )
}

function NoRuns() {
  return (
    <p class="empty">
      Nothing has run yet. Start one: <code>npx poolkeeper run NAME</code>
    </p>
  )
}

function Runs({ runs, around }: { readonly runs: readonly RunRecord[]; readonly around: Surroundings }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col">Requested</th>
          <th scope="col">By</th>
          <th scope="col" class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.run} run={run} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ run, around }: { readonly run: RunRecord; readonly around: Surroundings }) {
  return (
    <tr>
      <th scope="row">
        <a href={`/runs/${run.run}`}>Run {run.run}</a>
        <small>{run.dataflow}</small>
      </th>
      <td data-label="State">
        <RunBadge state={run.state} />
        {run.description && (
          <small class="note">
            <Prose text={run.description} />
          </small>
        )}
      </td>
      <td data-label="Rows" class="number">
        {run.tables.length > 0 ? grouped(run.tables.reduce((total, { rows }) => total + rows, 0)) : '–'}
      </td>
      <td data-label="Requested">
        <When at={run.requestedAt} around={around} />
      </td>
      <td data-label="By">
        {run.requestedBy}
        <small>{run.trigger}</small>
      </td>
      <td data-label="Took" class="number">
        {run.seconds === null ? '–' : duration(run.seconds)}
      </td>
    </tr>
  )
}
