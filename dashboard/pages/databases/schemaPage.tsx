import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems } from '../../parts/problems.tsx'
import { grouped, size } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { type Reader, Readers } from './readersList.tsx'
import { pathOf } from './view.ts'

type Database = Output<'showDatabase'>

interface SchemaPageProps {
  readonly database: Database
  /** Null for whoever may not know. */
  readonly readers: readonly Reader[] | null
  readonly problem: AskError | undefined
  readonly around: Surroundings
}

/** One schema: its tables, and how to read them with psql or a BI tool. */
export function SchemaPage({ database, readers, problem, around }: SchemaPageProps) {
  const { schema, dataflow } = database
  return (
    <Layout title={problem ? `Error: ${schema}` : schema} current="Databases" around={around}>
      <PageHead title={schema} crumbs={[{ name: 'Databases', href: '/databases' }]}>
        <a class="button" href={`/dataflows/${encodeURIComponent(dataflow)}`}>
          Dataflow {dataflow}
        </a>
      </PageHead>
      <Problems problem={problem} />
      <Published database={database} around={around} />
      <Tables database={database} />
      <h2>Read it with psql or a BI tool</h2>
      {readers ? (
        <Readers schema={schema} readers={readers} around={around} />
      ) : (
        <p>
          An admin can make a role for you that reads the views of <code>{schema}</code>, and nothing else.
        </p>
      )}
    </Layout>
  )
}

interface PublishedProps {
  readonly database: Pick<Database, 'dataflow' | 'snapshot' | 'publishedAt'>
  readonly around: Surroundings
}

/** Which import it is that one sees. */
export function Published({ database: { dataflow, snapshot, publishedAt }, around }: PublishedProps) {
  if (snapshot === null) {
    return (
      <p class="explained">
        Nothing has been imported yet. Run <a href={`/dataflows/${encodeURIComponent(dataflow)}`}>{dataflow}</a> to fill
        its tables.
      </p>
    )
  }
  return (
    <p class="quiet published">
      <a href={`/runs/${snapshot}`}>Run {snapshot}</a>, published <When at={publishedAt} around={around} />
    </p>
  )
}

function Tables({ database: { schema, tables } }: { readonly database: Database }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">What it holds</th>
          <th scope="col">Purpose</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {tables.map(({ table, comment, purpose, rows, bytes }) => (
          <tr key={table}>
            <th scope="row">
              <a href={pathOf({ schema, table })}>{table}</a>
            </th>
            <td data-label="Holds">{comment}</td>
            <td data-label="Purpose">{purpose ?? '–'}</td>
            <td data-label="Rows" class="number">
              {rows === null ? '–' : grouped(rows)}
            </td>
            <td data-label="Size" class="number">
              {bytes === null ? '–' : size(bytes)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
