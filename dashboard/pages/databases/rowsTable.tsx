import type { Output } from '../../../src/api/contract.ts'
import type { Surroundings } from '../../surroundings.ts'
import { Cell } from './cell.tsx'
import type { RowsView, Table } from './view.ts'
import { ViewLink } from './viewLink.tsx'

type Column = Table['columns'][number]

interface RowsTableProps {
  readonly table: Table
  readonly view: RowsView
  readonly rows: Output<'listRows'>['items']
  readonly around: Surroundings
}

/** As wide as its columns are: it moves within its frame, and the page stands still. */
export function RowsTable({ table, view, rows, around }: RowsTableProps) {
  const { columns } = table
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be moved is moved by keyboard as well
    <section class="scrolling" aria-label={`Rows of ${table.table}`} tabIndex={0}>
      <table class="rows">
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.name} {...{ column, table, view, around }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((column, place) =>
                place === 0 ? (
                  <th key={column.name} scope="row" class={styleOf(column)}>
                    <Cell column={column} value={row[column.name]} around={around} />
                  </th>
                ) : (
                  <td key={column.name} class={styleOf(column)}>
                    <Cell column={column} value={row[column.name]} around={around} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const NUMBERS = ['integer', 'bigint', 'numeric']

function styleOf({ type, masked }: Column): string | undefined {
  return [NUMBERS.includes(type) && 'number', masked && 'masked'].filter(Boolean).join(' ') || undefined
}

const TREATED = { keep: undefined, drop: 'dropped', mask: 'masked', hash: 'hashed' } as const

/** A heading that sorts by its column, and the other way round where it does already. */
function Heading({ column, table, view, around }: Omit<RowsTableProps, 'rows'> & { readonly column: Column }) {
  const { name, type, masked, treatment } = column
  const note = masked ? 'masked' : TREATED[treatment]
  const sorted = view.sort === name ? 'ascending' : view.sort === `-${name}` ? 'descending' : undefined
  const next = sorted === 'ascending' ? `-${name}` : name
  return (
    <th scope="col" class={styleOf(column)} aria-sort={sorted}>
      {masked || type === 'jsonb' ? (
        name
      ) : (
        <ViewLink {...{ table, view, around }} change={{ sort: next, cursor: '' }}>
          {name} {sorted && <span aria-hidden="true">{sorted === 'ascending' ? '↑' : '↓'}</span>}
        </ViewLink>
      )}
      {note && <small>{note}</small>}
    </th>
  )
}
