import type { Output } from '../../../src/api/contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { grouped, size } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { pathOf, pathOfSchema } from './view.ts'

type Listed = Output<'listDatabases'>
type Database = Listed['items'][number]

interface ListPageProps {
  readonly search: string
  readonly listed: Listed
  /** Whether it is a later page of the list than the first. */
  readonly later: boolean
  readonly around: Surroundings
}

/** Every schema with imported tables. */
export function ListPage({ search, listed: { items, next }, later, around }: ListPageProps) {
  const none = items.length === 0 && !search && !later
  return (
    <Layout title="Databases" current="Databases" around={around}>
      <PageHead title="Databases" />
      {!none && <Search search={search} />}
      {items.length > 0 && <Databases databases={items} around={around} />}
      {none && (
        <Empty>
          No schemas yet: each dataflow brings one. See the <a href="/">dataflows</a>.
        </Empty>
      )}
      {items.length === 0 && !none && (
        <Empty>
          No schema matches “{search}”. <a href="/databases">Clear the search</a>
        </Empty>
      )}
      {(later || next) && (
        <nav class="pages" aria-label="Pages">
          {later && <a href={addressOf({ search })}>First page</a>}
          {next && (
            <a href={addressOf({ search, cursor: next })} rel="next">
              Next page
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function addressOf(parameters: Readonly<Record<string, string>>): string {
  return `/databases?${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''))}`
}

function Search({ search }: { readonly search: string }) {
  return (
    <search class="views">
      <form class="filter" action="/databases">
        <input
          type="search"
          name="search"
          value={search}
          placeholder="Search by schema…"
          aria-label="Search by schema"
          maxLength={200}
        />
        <button type="submit">Search</button>
      </form>
    </search>
  )
}

interface DatabasesProps {
  readonly databases: readonly Database[]
  readonly around: Surroundings
}

function Databases({ databases, around }: DatabasesProps) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Schema</th>
          <th scope="col">Tables</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Size
          </th>
          <th scope="col">Published</th>
        </tr>
      </thead>
      <tbody>
        {databases.map((database) => (
          <Row key={database.schema} database={database} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ database, around }: { readonly database: Database; readonly around: Surroundings }) {
  const { schema, dataflow, tables, snapshot, publishedAt } = database
  return (
    <tr>
      <th scope="row">
        <a href={pathOfSchema(schema)}>{schema}</a>
        <small>{dataflow}</small>
      </th>
      <td data-label="Tables">
        <span class="tables">
          {tables.map(({ table }) => (
            <a key={table} href={pathOf({ schema, table })}>
              {table}
            </a>
          ))}
        </span>
      </td>
      <td data-label="Rows" class="number">
        {snapshot === null ? '–' : grouped(sum(tables.map(({ rows }) => rows)))}
      </td>
      <td data-label="Size" class="number">
        {snapshot === null ? '–' : size(sum(tables.map(({ bytes }) => bytes)))}
      </td>
      <td data-label="Published">
        <When at={publishedAt} around={around} never="nothing imported yet" />
        {snapshot !== null && (
          <small>
            <a href={`/runs/${snapshot}`}>Run {snapshot}</a>
          </small>
        )}
      </td>
    </tr>
  )
}

function sum(figures: readonly (number | null)[]): number {
  return figures.reduce<number>((total, figure) => total + (figure ?? 0), 0)
}
