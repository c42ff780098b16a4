import { mayAct } from '../../../src/access/caller.ts'
import type { Output } from '../../../src/api/contract.ts'
import { Action } from '../../parts/action.tsx'
import { Prose } from '../../parts/prose.tsx'
import { isCompared } from '../../parts/runTables.tsx'
import { RunBadge } from '../../parts/status.tsx'
import { duration, grouped } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'

type Run = Output<'showRun'>

interface HistoryTableProps {
  readonly runs: readonly Run[]
  readonly around: Surroundings
}

/** Runs, newest first: what `history` tells of them. */
export function HistoryTable({ runs, around }: HistoryTableProps) {
  return (
    <table class="cards history">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Description</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Requests
          </th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col">Requested</th>
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

function Row({ run, around }: { readonly run: Run; readonly around: Surroundings }) {
  return (
    <tr id={`run-${run.run}`}>
      <th scope="row">
        <a href={`/runs/${run.run}`}>Run {run.run}</a>
        <small>{run.dataflow}</small>
      </th>
      <td data-label="State">
        <RunBadge state={run.state} />
        <small>{run.trigger === 'schedule' ? 'by its schedule' : `${run.trigger}, by ${run.requestedBy}`}</small>
        {run.dryRun && <small>dry run</small>}
      </td>
      <td data-label="Description" class="told">
        <Told run={run} around={around} />
      </td>
      <td data-label="Rows" class="number">
        <Rows run={run} />
      </td>
      <td data-label="Requests" class="number">
        {grouped(run.requests)}
        {run.throttled > 0 && <small>{grouped(run.throttled)} throttled</small>}
      </td>
      <td data-label="Took" class="number">
        {run.seconds === null ? '–' : duration(run.seconds)}
      </td>
      <td data-label="Requested">
        <When at={run.requestedAt} around={around} />
      </td>
    </tr>
  )
}

/** What happened and what to do, and the button that does it where nothing else is in the way. */
function Told({ run, around }: { readonly run: Run; readonly around: Surroundings }) {
  const { description, notes, state, warnings } = run
  const told = [...(description ? [description] : []), ...notes]
  const mayRetry = state === 'failed' && mayAct(around.role, 'operator')
  return (
    <>
      {told.map((text) => (
        <p key={text}>
          <Prose text={text} />
        </p>
      ))}
      {warnings > 0 && <p class="quiet">{grouped(warnings)} warnings</p>}
      {told.length === 0 && warnings === 0 && <span class="quiet">–</span>}
      {mayRetry && <Action name="Retry" to={`/runs/${run.run}/retry`} around={around} />}
    </>
  )
}

/** All tables together; what came, went and changed once that is known. */
function Rows({ run }: { readonly run: Run }) {
  const { tables } = run
  if (tables.length === 0) return <>–</>
  const sum = (figure: 'rows' | 'added' | 'removed' | 'changed') =>
    grouped(tables.reduce((total, table) => total + table[figure], 0))
  return (
    <>
      {sum('rows')}
      <small>{isCompared(run) ? `+${sum('added')} −${sum('removed')} ~${sum('changed')}` : 'read'}</small>
    </>
  )
}
