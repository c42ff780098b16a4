import type { Output } from '../../../src/api/contract.ts'
import { CONNECTORS } from '../../../src/dataflow/connectors.ts'
import { ConnectorSymbol } from '../../parts/connectorSymbol.tsx'
import { DataflowMenu } from '../../parts/dataflowMenu.tsx'
import { RunningShare } from '../../parts/runningShare.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { DataflowBadge, STATUS_BADGES } from '../../parts/status.tsx'
import { grouped } from '../../parts/text.ts'
import { Day, When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { addressOf, type View, withFolded } from './view.ts'

type Listed = Output<'listDataflows'>['items'][number]

interface ListTableProps {
  readonly view: View
  readonly dataflows: readonly Listed[]
  readonly around: Surroundings
}

/** The columns, each by what the list is sorted by for it. */
const COLUMNS = [
  { name: 'Name', sort: 'name' },
  { name: 'Type', sort: 'connector' },
  { name: 'Status', sort: 'status' },
  { name: 'Table Count', sort: '-tables', number: true },
  { name: 'Rows', sort: '-rows', number: true },
  { name: 'Last 10 runs' },
  { name: 'Last Refresh', sort: '-refreshedAt' },
  { name: 'Next Run', sort: 'nextRunAt' },
  { name: 'Created Date', sort: '-createdAt' },
  { name: 'Updated Date', sort: '-updatedAt' },
] as const

export function ListTable({ view, dataflows, around }: ListTableProps) {
  return (
    <table class="cards dataflows">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <Heading key={column.name} {...column} view={view} />
          ))}
          <th scope="col">Actions</th>
        </tr>
      </thead>
      {groupsOf(dataflows).map((group, nth) => (
        <tbody key={group.name} id={`group-${nth}`}>
          {view.group && <GroupHead group={group} view={view} nth={nth} />}
          {!isFolded(view, group) &&
            group.members.map((dataflow) => (
              <Row key={dataflow.id} dataflow={dataflow} view={view} nth={nth} around={around} />
            ))}
        </tbody>
      ))}
    </table>
  )
}

const isFolded = ({ group, folded }: View, { name }: Group) => group !== '' && folded.includes(name ?? '')

interface GroupHeadProps {
  readonly group: Group
  readonly view: View
  /** Which of the groups on the page it is: one that is folded or unfolded is still in sight. */
  readonly nth: number
}

function GroupHead({ group, view, nth }: GroupHeadProps) {
  const folded = isFolded(view, group)
  return (
    <tr class="group">
      <th scope="rowgroup" colSpan={COLUMNS.length + 1}>
        <a href={`${withFolded(view, group.name ?? '')}#group-${nth}`} aria-expanded={!folded}>
          <span aria-hidden="true">{folded ? '▸' : '▾'}</span> {nameOfGroup(view.group, group.name)} ·{' '}
          {grouped(group.size)}
        </a>
      </th>
    </tr>
  )
}

interface HeadingProps {
  readonly name: string
  /** As the first click sorts by it. */
  readonly sort?: string
  readonly number?: boolean
  readonly view: View
}

/** A heading that sorts by its column, and the other way round where it does already. */
function Heading({ name, sort, number, view }: HeadingProps) {
  const style = number ? 'number' : undefined
  if (!sort) return <th scope="col">{name}</th>
  const by = (text: string) => text.replace(/^-/, '')
  const current = view.sort || 'name'
  if (by(current) !== by(sort)) {
    return (
      <th scope="col" class={style}>
        <a href={addressOf(view, { sort })}>{name}</a>
      </th>
    )
  }
  const descending = current.startsWith('-')
  return (
    <th scope="col" class={style} aria-sort={descending ? 'descending' : 'ascending'}>
      <a href={addressOf(view, { sort: descending ? by(current) : `-${current}` })}>
        {name} <span aria-hidden="true">{descending ? '↓' : '↑'}</span>
      </a>
    </th>
  )
}

interface Group {
  readonly name: string | null
  readonly size: number
  readonly members: readonly Listed[]
}

/** They come group after group. */
function groupsOf(dataflows: readonly Listed[]): Group[] {
  const names = [...new Set(dataflows.map(({ group }) => group))]
  return names.map((name) => {
    const members = dataflows.filter(({ group }) => group === name)
    return { name, size: members[0]?.groupSize ?? 0, members }
  })
}

function nameOfGroup(by: string, name: string | null): string {
  if (name === null) return 'No tag'
  if (by === 'connector') return connectorName(name)
  if (by !== 'status') return name
  return name === 'needs a person' ? 'Needs a person' : STATUS_BADGES[name as keyof typeof STATUS_BADGES].word
}

function connectorName(id: string): string {
  return CONNECTORS.find((connector) => connector.id === id)?.name ?? id
}

interface RowProps {
  readonly dataflow: Listed
  readonly view: View
  /** Which of the groups it stands in: by tag it may stand in several. */
  readonly nth: number
  readonly around: Surroundings
}

function Row({ dataflow, view, nth, around }: RowProps) {
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
