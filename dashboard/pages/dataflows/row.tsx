import { ConnectorSymbol } from '../../parts/connectorSymbol.tsx'
import { DataflowMenu } from '../../parts/dataflowMenu.tsx'
import { RunningShare } from '../../parts/runningShare.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { DataflowBadge, STATUS_BADGES } from '../../parts/status.tsx'
import { grouped } from '../../parts/text.ts'
import { Day, When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { connectorName, type Listed } from './groups.ts'
import { addressOf, type View } from './view.ts'

interface RowProps {
  readonly dataflow: Listed
  readonly view: View
  /** Which of the groups it stands in: by tag it may stand in several. */
  readonly nth: number
  readonly around: Surroundings
}

/** A dataflow in a line, with what may be done with it. */
export function Row({ dataflow, view, nth, around }: RowProps) {
  const { name, displayName, poolId, tags, connector, status, lastRun, lately } = dataflow
  const shown = displayName || name
  return (
    <tr>
      <th scope="row">
        <a href={`/dataflows/${name}`}>{shown}</a>
        {shown !== name && <small>{name}</small>}
        <small>{poolId}</small>
        {tags.length > 0 && (
          <small class="tags">
            {tags.map((tag) => (
              <a key={tag} href={addressOf(view, { tag })}>
                {tag}
              </a>
            ))}
          </small>
        )}
      </th>
      <td data-label="Type">
        <span class="type" title={connectorName(connector)}>
          <ConnectorSymbol id={connector} /> <span class="wide">{connectorName(connector)}</span>
        </span>
      </td>
      <td data-label="Status">
        <DataflowBadge dataflow={dataflow} now={around.now} />
        {status === 'running' && lastRun && <RunningShare run={lastRun} now={around.now} />}
      </td>
      <td data-label="Table Count" class="number">
        {grouped(dataflow.tables.length)}
      </td>
      <td data-label="Rows" class="number">
        {dataflow.rows === null ? '–' : grouped(dataflow.rows)}
      </td>
      <td data-label="Last 10 runs">
        <Sparkline figures={lately.map(({ rows }) => rows)} label={labelOf(lately)} tone={STATUS_BADGES[status].tone} />
      </td>
      <td data-label="Last Refresh">
        <When at={dataflow.refreshedAt} around={around} never="never" brief />
      </td>
      <td data-label="Next Run">
        {dataflow.pausedAt ? (
          <span class="quiet">paused</span>
        ) : (
          <When at={dataflow.nextRunAt} around={around} zone={dataflow.timezone} brief />
        )}
      </td>
      <td data-label="Created Date">
        <Day at={dataflow.createdAt} around={around} />
      </td>
      <td data-label="Updated Date">
        <Day at={dataflow.updatedAt} around={around} />
      </td>
      <td data-label="Actions">
        <DataflowMenu dataflow={dataflow} place={nth} around={around} />
      </td>
    </tr>
  )
}

/** "10 runs, the last with 1,812 rows" */
function labelOf(lately: Listed['lately']): string {
  const rows = lately.findLast((run) => run.rows !== null)?.rows
  const last = rows === null || rows === undefined ? 'none with rows' : `the last with ${grouped(rows)} rows`
  return `${lately.length} runs, ${last}`
}
