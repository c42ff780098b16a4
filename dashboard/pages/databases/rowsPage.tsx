import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { Empty } from '../../parts/empty.tsx'
import { Problems } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { Downloads } from './downloads.tsx'
import { RowsFilter } from './rowsFilter.tsx'
import { RowsTable } from './rowsTable.tsx'
import { TableHead } from './tableHead.tsx'
import { isPrivate, pathOf, type RowsView, type Table } from './view.ts'
import { ViewLink } from './viewLink.tsx'

type Rows = Output<'listRows'>

interface RowsPageProps {
  readonly table: Table
  readonly view: RowsView
  /** Undefined where they could not be read. */
  readonly rows?: Rows
  readonly problem?: AskError
  readonly around: Surroundings
}

/** The rows of a table, page by page. */
export function RowsPage({ table, view, rows, problem, around }: RowsPageProps) {
  const title = `${table.schema}.${table.table}`
  return (
    <Layout title={problem ? `Error: ${title}` : title} current="Databases" around={around}>
      <TableHead table={table} showing="rows" around={around} />
      <Problems problem={problem} />
      <RowsFilter table={table} view={view} around={around} />
      {rows && <Found table={table} view={view} rows={rows} around={around} />}
    </Layout>
  )
}

function Found({ table, view, rows, around }: RowsPageProps & { readonly rows: Rows }) {
  const { items, next, masked, snapshot } = rows
  const links = { table, view, around }
  if (items.length === 0 && table.snapshot !== null) {
    return (
      <Empty>
        {view.filters.length > 0 ? 'No row is like that.' : 'It has no rows.'}{' '}
        {view.filters.length > 0 && <a href={pathOf(table)}>Clear filters</a>}
      </Empty>
    )
  }
  if (items.length === 0) return null
  return (
    <>
      {masked.length > 0 && (
        <p class="quiet">
          You see masked: {masked.join(', ')}. An admin can give you the right to see people’s values.
        </p>
      )}
      {isPrivate(view, table) && (
        <p class="quiet">
          You look for a person’s value: it is kept out of this page’s address, so the view can’t be shared.
        </p>
      )}
      {snapshot !== table.snapshot && (
        <p class="explained held">
          You are reading run {snapshot}. Run {table.snapshot} has been published since:{' '}
          <ViewLink {...links} change={{ cursor: '' }}>
            begin again with that
          </ViewLink>
        </p>
      )}
      <RowsTable rows={items} {...links} />
      <div class="under">
        <Pages next={next} {...links} />
        <Downloads {...links} />
      </div>
    </>
  )
}

function Pages({ next, table, view, around }: Omit<RowsPageProps, 'rows' | 'problem'> & Pick<Rows, 'next'>) {
  if (!view.cursor && !next) return null
  const links = { table, view, around }
  return (
    <nav class="pages" aria-label="Pages">
      {view.cursor && (
        <ViewLink {...links} change={{ cursor: '' }}>
          First page
        </ViewLink>
      )}
      {next && (
        <ViewLink {...links} change={{ cursor: next }}>
          Next page
        </ViewLink>
      )}
    </nav>
  )
}
