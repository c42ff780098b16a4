import { STATUSES } from '../../../src/dataflow/status.ts'
import { STATUS_BADGES } from '../../parts/status.tsx'
import { addressOf, isFiltered, type View } from './view.ts'

/** Searches the list. How it is sorted and grouped stays. */
export function FilterForm({ view }: { readonly view: View }) {
  const { search, status, tag, connector, sort, group, folded } = view
  return (
    <search>
      <form class="filter" action="/">
        <input
          type="search"
          name="search"
          value={search}
          placeholder="Search by name or pool…"
          aria-label="Search by name or pool"
          maxLength={200}
        />
        <select name="status" aria-label="Status">
          <option value="">Any status</option>
          <option value="failed,held" selected={status === 'failed,held'}>
            Needs a person
          </option>
          {STATUSES.map((word) => (
            <option key={word} value={word} selected={status === word}>
              {STATUS_BADGES[word].word}
            </option>
          ))}
        </select>
        {Object.entries({ tag, connector, sort, group }).map(
          ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
        )}
        {folded.map((name) => (
          <input key={name} type="hidden" name="folded" value={name} />
        ))}
        <button type="submit">Search</button>
        {tag && <span class="quiet">Tag: {tag}</span>}
        {isFiltered(view) && (
          <a href={addressOf({ ...view, search: '', status: '', tag: '', connector: '' })}>Clear filters</a>
        )}
      </form>
    </search>
  )
}
