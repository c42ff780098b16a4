import type { Output } from '../../../src/api/contract.ts'
import { API } from '../../../src/api/routes.ts'
import { isActive } from '../../../src/run/states.ts'
import { addressWith } from '../../address.ts'
import { Empty } from '../../parts/empty.tsx'
import { Live } from '../../parts/live.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { Failures } from './failures.tsx'
import { FilterForm } from './filterForm.tsx'
import { callOf, type Filters, isFiltered } from './filters.ts'
import { HistoryTable } from './historyTable.tsx'

interface HistoryPageProps {
  /** Whose runs they are; null: everybody's. */
  readonly dataflow: string | null
  readonly filters: Filters
  readonly runs: Output<'listRuns'>
  readonly failures: Output<'listFailures'>['items']
  /** In which time they failed: "in the last 7 days". */
  readonly when: string
  /** Whether it goes on behind a page before. */
  readonly older: boolean
  readonly around: Surroundings
}

/** Run History, of one dataflow or of all. */
export function HistoryPage({ dataflow, filters, runs, failures, when, older, around }: HistoryPageProps) {
  const path = pathOf(dataflow)
  const live = !older && runs.items.some(({ state }) => isActive(state))
  return (
    <Layout title={dataflow ? `Run History of ${dataflow}` : 'Run History'} current="Runs" live={live} around={around}>
      <Head dataflow={dataflow} filters={filters} around={around} />
      {!older && <Failures failures={failures} when={when} path={path} filters={filters} />}
      {!older && failures.length > 0 && <h2>Runs</h2>}
      <FilterForm path={path} filters={filters} />
      <Live id="history" on={live} around={around}>
        {runs.items.length > 0 ? (
          <HistoryTable runs={runs.items} around={around} />
        ) : (
          <NoRuns dataflow={dataflow} filters={filters} />
        )}
      </Live>
      <nav class="pages" aria-label="Pages">
        {older && <a href={addressWith(path, { ...filters })}>Newest runs</a>}
        {runs.next && <a href={addressWith(path, { ...filters, cursor: runs.next })}>Older runs</a>}
      </nav>
    </Layout>
  )
}

function Head({ dataflow, filters, around }: Pick<HistoryPageProps, 'dataflow' | 'filters' | 'around'>) {
  const exported = (format: string) =>
    addressWith(`${API}/runs/export`, { ...parametersOf(filters, around), dataflow: dataflow ?? undefined, format })
  return (
    <PageHead
      crumbs={
        dataflow === null
          ? []
          : [
              { name: 'Dataflows', href: '/' },
              { name: dataflow, href: `/dataflows/${encodeURIComponent(dataflow)}` },
            ]
      }
      title="Run History"
    >
      <a class="button" href={exported('csv')} download>
        Export as CSV
      </a>
      <a class="button" href={exported('ndjson')} download>
        NDJSON
      </a>
    </PageHead>
  )
}

/** The same filters for the file: one time has to hold for all of it. */
function parametersOf(filters: Filters, around: Surroundings): Record<string, string> {
  return Object.fromEntries(Object.entries(callOf(filters, around)).map(([name, value]) => [name, String(value)]))
}

function NoRuns({ dataflow, filters }: Pick<HistoryPageProps, 'dataflow' | 'filters'>) {
  if (isFiltered(filters)) {
    return (
      <Empty>
        No run{dataflow && ` of ${dataflow}`} is like that. <a href={pathOf(dataflow)}>Clear filters</a>
      </Empty>
    )
  }
  return (
    <Empty>
      Nothing has run yet. Start a run from its <a href="/">dataflow</a>, or with{' '}
      <code>npx poolkeeper run {dataflow ?? 'NAME'}</code>
    </Empty>
  )
}

function pathOf(dataflow: string | null): string {
  return dataflow === null ? '/runs' : `/dataflows/${encodeURIComponent(dataflow)}/runs`
}
