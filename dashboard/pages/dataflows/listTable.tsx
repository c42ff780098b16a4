import { grouped } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Group, groupsOf, type Listed, nameOfGroup } from './groups.ts'
import { Heading } from './heading.tsx'
import { Row } from './row.tsx'
import { type View, withFolded } from './view.ts'

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
