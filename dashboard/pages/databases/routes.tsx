import { AskError } from '../../../src/errors.ts'
import { wordIn } from '../../query.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, type Done, download, page, type Shown, type Visit } from '../../visit.ts'
import { ColumnsPage } from './columnsPage.tsx'
import { ListPage } from './listPage.tsx'
import { readerRoutes, showSchema } from './readers.tsx'
import { RowsPage } from './rowsPage.tsx'
import { addressOf, isPrivate, type RowsView, type Table, viewIn } from './view.ts'

/** Databases: schemas, their tables and rows, and the roles that read them. */
export function databasesRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/databases', handlers: page(services, showList) },
    { method: 'get', path: '/databases/:schema', handlers: page(services, showSchema) },
    ...readerRoutes(services),
    { method: 'get', path: '/databases/:schema/:table', handlers: page(services, showTable) },
    { method: 'post', path: '/databases/:schema/:table', handlers: change(services, filterRows) },
    { method: 'post', path: '/databases/:schema/:table/export', handlers: download(services, exportRows) },
  ]
}

/** Sizes are asked of the file system: of 400 tables that took 30 ms (measured), and 50 schemas have as many. */
const SCHEMAS_A_PAGE = 25

async function showList({ query, around, perform }: Visit) {
  const search = wordIn(query, 'search')
  const cursor = wordIn(query, 'cursor')
  const listed = await perform('listDatabases', {
    limit: SCHEMAS_A_PAGE,
    ...(search && { search }),
    ...(cursor && { cursor }),
  })
  return <ListPage search={search} listed={listed} later={cursor !== ''} around={around} />
}

const named = ({ params: { schema = '', table = '' } }: Visit) => ({ schema, table })

async function showTable(visit: Visit) {
  const table = await visit.perform('showTable', named(visit))
  if (visit.query.view === 'columns') return <ColumnsPage table={table} around={visit.around} />
  return rowsPage(visit, table, viewIn(visit.query))
}

/** What may stand in an address is sent on to one, so that it can be kept and shared; the rest is answered as it is. */
async function filterRows(visit: Visit): Promise<Done | Shown> {
  const table = await visit.perform('showTable', named(visit))
  const view = viewIn(visit.form)
  return isPrivate(view, table) ? { show: await rowsPage(visit, table, view) } : { goTo: addressOf(table, view) }
}

/** A filter that is wrong, or a page of an import that is gone, leaves everything where it was and says so. */
async function rowsPage({ around, perform }: Visit, table: Table, view: RowsView) {
  const { filters, sort, cursor } = view
  const call = { schema: table.schema, table: table.table, filter: [...filters] }
  try {
    const rows = await perform('listRows', { ...call, ...(sort && { sort }), ...(cursor && { cursor }) })
    return <RowsPage table={table} view={view} rows={rows} around={around} />
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    return <RowsPage table={table} view={view} problem={error} around={around} />
  }
}

function exportRows(visit: Visit) {
  const { filters } = viewIn(visit.form)
  const format = visit.form.format === 'ndjson' ? 'ndjson' : 'csv'
  return visit.perform('exportRows', { ...named(visit), filter: [...filters], format })
}
