import { Chart, type Point } from '../../parts/chart.tsx'
import { Empty } from '../../parts/empty.tsx'
import { RunBadge } from '../../parts/status.tsx'
import { counted, day, duration, grouped } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Run } from './dataflowPage.tsx'

interface RunChartsProps {
  readonly dataflow: string
  /** Newest first. */
  readonly runs: readonly Run[]
  readonly around: Surroundings
}

/** How many rows the last runs brought and how long they took: as charts, and as a table. */
export function RunCharts({ dataflow, runs, around }: RunChartsProps) {
  const history = <a href={`/dataflows/${dataflow}/runs`}>Run History</a>
  const [first, last] = [runs.at(-1), runs[0]]
  if (!first || !last) return <Empty>It has not run yet. {history}</Empty>
  const oldestFirst = runs.toReversed()
  const dayOf = ({ requestedAt }: Run) => day(new Date(requestedAt), around.now, around.zone)
  const ends = [dayOf(first), dayOf(last)] as const
  return (
    <>
      <div class="charts">
        <Chart title="Rows" kind="line" points={oldestFirst.map(rowsOf)} write={short} ends={ends} />
        <Chart title="Duration" kind="bars" points={oldestFirst.map(secondsOf)} write={brief} ends={ends} />
      </div>
      <p class="below">
        {runs.length === 1 ? 'The only run' : `The last ${grouped(runs.length)} runs`} that imported something or
        failed. {history}
      </p>
      <details>
        <summary>View as table</summary>
        <RunTable runs={runs} around={around} />
      </details>
    </>
  )
}

const TONES: Partial<Readonly<Record<Run['state'], Point['tone']>>> = { succeeded: 'good', failed: 'bad', held: 'held' }

const toneOf = ({ state }: Run) => TONES[state] ?? 'calm'

/** A failed run brought nothing that anybody sees. */
function rowsOf(run: Run): Point {
  const rows = run.state === 'failed' ? undefined : total(run)
  return { id: run.run, figure: rows, label: `Run ${run.run}: ${counted(rows ?? 0, 'row')}`, tone: toneOf(run) }
}

function secondsOf(run: Run): Point {
  const seconds = run.seconds ?? undefined
  return { id: run.run, figure: seconds, label: `Run ${run.run}: ${duration(seconds ?? 0)}`, tone: toneOf(run) }
}

const total = ({ tables }: Run) => tables.reduce((sum, { rows }) => sum + rows, 0)

const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact' })

/** 1,200,000 → `1.2M` */
const short = (rows: number) => SHORT.format(rows)

/** A round figure in one unit, as scales have them. */
function brief(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`
}

function RunTable({ runs, around }: Pick<RunChartsProps, 'runs' | 'around'>) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Ended</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.run}>
            <th scope="row">
              <a href={`/runs/${run.run}`}>{run.run}</a>
            </th>
            <td data-label="State">
              <RunBadge state={run.state} />
            </td>
            <td data-label="Ended">
              <When at={run.finishedAt} around={around} />
            </td>
            <td data-label="Rows" class="number">
              {run.state === 'failed' ? <span class="quiet">–</span> : grouped(total(run))}
            </td>
            <td data-label="Duration" class="number">
              {run.seconds === null ? <span class="quiet">–</span> : duration(run.seconds)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
