import { mayAct } from '../../../src/access/caller.ts'
import type { Output } from '../../../src/api/contract.ts'
import { Choice } from '../../parts/choice.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Live } from '../../parts/live.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { counted } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { FilterForm } from './filterForm.tsx'
import { ListTable } from './listTable.tsx'
import { addressOf, isFiltered, type View } from './view.ts'

interface ListPageProps {
  readonly view: View
  readonly listed: Output<'listDataflows'>
  /** Whether it is a later page of the list than the first. */
  readonly later: boolean
  readonly around: Surroundings
}

export function ListPage({ view, listed, later, around }: ListPageProps) {
  const { items, next } = listed
  const live = items.some(({ status }) => status === 'running' || status === 'queued')
  const none = items.length === 0 && !later && !isFiltered(view)
  return (
    <Layout title="Dataflows" current="Dataflows" live={live} around={around}>
      <PageHead title="Dataflows">
        <a class="button" href="/guide">
          Setup guide
        </a>
        {maySetUp(around) && (
          <a class="button main" href="/dataflows/new">
            New Dataflow
          </a>
        )}
      </PageHead>
      {none ? <NoDataflows around={around} /> : <Views view={view} listed={listed} />}
      <Live id="dataflows" on={live} around={around}>
        {items.length > 0 && <ListTable view={view} dataflows={items} around={around} />}
        {items.length === 0 && !none && <NoneFit view={view} />}
        {items.length > 0 && <p class="quiet times">Times are in {around.zone}.</p>}
      </Live>
      {(later || next) && (
        <nav class="pages" aria-label="Pages">
          {later && <a href={addressOf(view)}>First page</a>}
          {next && (
            <a href={addressOf(view, { cursor: next })} rel="next">
              Next page
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

/** A new dataflow is about all of them: who is limited to some has no use for it. */
function maySetUp({ role, limited }: Surroundings): boolean {
  return mayAct(role, 'admin') && !limited
}

const GROUPINGS = [
  { name: 'No groups', group: '' },
  { name: 'Name', group: 'name' },
  { name: 'Type', group: 'connector' },
  { name: 'Status', group: 'status' },
  { name: 'Tag', group: 'tag' },
]

function Views({ view, listed: { total, totalRows } }: Pick<ListPageProps, 'view' | 'listed'>) {
  return (
    <div class="views">
      <FilterForm view={view} />
      <Choice
        label="Group by"
        options={GROUPINGS.map(({ name, group }) => ({
          ...{ name, href: addressOf(view, { group, folded: [] }), chosen: view.group === group },
        }))}
      />
      <p class="quiet">
        {counted(total, 'dataflow')} · {counted(totalRows, 'row')}
      </p>
    </div>
  )
}

function NoDataflows({ around }: Pick<ListPageProps, 'around'>) {
  return (
    <Empty>
      <p>No dataflows yet. Import a Cognito user pool into Postgres.</p>
      {maySetUp(around) ? (
        <p>
          <a class="button main" href="/dataflows/new">
            New Dataflow
          </a>
        </p>
      ) : (
        <p>An admin can create one for you.</p>
      )}
    </Empty>
  )
}

function NoneFit({ view: { search, status, tag } }: Pick<ListPageProps, 'view'>) {
  const what = [status.replaceAll(',', ' or '), 'dataflow'].filter(Boolean).join(' ')
  return (
    <Empty>
      No {what} {search ? `matches “${search}”` : 'is there'}
      {tag && ` with the tag “${tag}”`}. <a href="/">Clear filters</a>
    </Empty>
  )
}
