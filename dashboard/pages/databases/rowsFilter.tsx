import { columnOf } from '../../../src/operations/look.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { pathOf, type RowsView, type Table } from './view.ts'
import { ViewFields, ViewLink } from './viewLink.tsx'

interface RowsFilterProps {
  readonly table: Table
  readonly view: RowsView
  readonly around: Surroundings
}

/** What is looked for, each with a way to look for it no more, and a form that adds to it. */
export function RowsFilter({ table, view, around }: RowsFilterProps) {
  const known = table.columns.filter(({ masked }) => !masked)
  return (
    <search class="views">
      <ChangeForm action={pathOf(table)} csrf={around.csrf}>
        <div class="filter">
          <ViewFields view={{ ...view, cursor: '' }} />
          <select name="column" aria-label="Column">
            {known.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          <select name="test" aria-label="How it is compared">
            <option value="contains">contains</option>
            <option value="is">is</option>
          </select>
          <input
            type="search"
            name="value"
            aria-label="Value"
            placeholder="Value…"
            maxLength={900}
            autocomplete="off"
            required
          />
          <button type="submit">Filter</button>
        </div>
      </ChangeForm>
      {view.filters.length > 0 && (
        <ul class="applied" aria-label="Filters">
          {view.filters.map((filter) => (
            <li key={filter}>
              {inWords(filter, table)}{' '}
              <ViewLink
                {...{ table, view, around }}
                change={{ filters: view.filters.filter((other) => other !== filter), cursor: '' }}
                label={`Remove the filter ${inWords(filter, table)}`}
              >
                ✕
              </ViewLink>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}

function inWords(filter: string, { columns }: Table): string {
  const column = columnOf(filter, columns)
  if (!column) return filter
  const value = filter.slice(column.name.length + 1)
  return `${column.name} ${filter[column.name.length] === '=' ? 'is' : 'contains'} “${value}”`
}
