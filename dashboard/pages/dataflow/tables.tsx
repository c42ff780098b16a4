import { grouped, size } from '../../parts/text.ts'
import type { Dataflow, Snapshot } from './dataflowPage.tsx'

interface ImportedTablesProps {
  readonly dataflow: Dataflow
  /** The one that readers see; undefined before the first import. */
  readonly snapshot: Snapshot | undefined
}

/** The tables as readers see them, and what the import behind them changed. */
export function ImportedTables({ dataflow, snapshot }: ImportedTablesProps) {
  return (
    <table class="cards">
      <caption>
        {snapshot ? (
          <>
            As <a href={`/runs/${snapshot.run}`}>run {snapshot.run}</a> left them, with what it changed against the
            import before it
          </>
        ) : (
          'Nothing has been imported yet'
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Purpose</th>
          {['Rows', 'Added', 'Removed', 'Changed', 'Size'].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {snapshot
          ? snapshot.tables.map((table) => <Imported key={table.table} table={table} schema={dataflow.schema} />)
          : dataflow.tables.map(({ source, purpose }) => <Wanted key={source} table={source} purpose={purpose} />)}
      </tbody>
    </table>
  )
}

function Imported({ table, schema }: { readonly table: Snapshot['tables'][number]; readonly schema: string }) {
  const { rows, added, removed, changed, bytes, purpose } = table
  return (
    <tr>
      <th scope="row">
        {bytes === null ? table.table : <a href={`/databases/${schema}/${table.table}`}>{table.table}</a>}
      </th>
      <td data-label="Purpose">{purpose ?? <span class="quiet">–</span>}</td>
      <Figure name="Rows" count={rows} />
      <Figure name="Added" count={added} />
      <Figure name="Removed" count={removed} />
      <Figure name="Changed" count={changed} />
      <td data-label="Size" class="number">
        {bytes === null ? <span class="quiet">–</span> : size(bytes)}
      </td>
    </tr>
  )
}

function Figure({ name, count }: { readonly name: string; readonly count: number }) {
  return (
    <td data-label={name} class="number">
      {grouped(count)}
    </td>
  )
}

function Wanted({ table, purpose }: { readonly table: string; readonly purpose: string }) {
  return (
    <tr>
      <th scope="row">{table}</th>
      <td data-label="Purpose">{purpose}</td>
      <td class="number quiet" colSpan={5} data-label="Rows">
        –
      </td>
    </tr>
  )
}
