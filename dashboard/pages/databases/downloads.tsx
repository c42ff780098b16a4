import { ChangeForm } from '../../parts/changeForm.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { pathOf, type RowsView, type Table } from './view.ts'
import { ViewFields } from './viewLink.tsx'

interface DownloadsProps {
  readonly table: Table
  readonly view: RowsView
  readonly around: Surroundings
}

/** Files of all rows that are looked for, not of this page alone. */
export function Downloads({ table, view, around }: DownloadsProps) {
  const which = view.filters.length > 0 ? 'all rows that match' : 'all rows'
  return (
    <ChangeForm action={`${pathOf(table)}/export`} csrf={around.csrf}>
      <div class="actions">
        <ViewFields view={{ filters: view.filters, sort: '', cursor: '' }} />
        <span class="quiet">Download {which}:</span>
        <button type="submit" name="format" value="csv">
          CSV
        </button>
        <button type="submit" name="format" value="ndjson">
          NDJSON
        </button>
      </div>
    </ChangeForm>
  )
}
