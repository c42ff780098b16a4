import { CAUSE_WORDS } from '../../parts/causes.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { type Filters, isFiltered } from './filters.ts'

interface FilterFormProps {
  readonly path: string
  readonly filters: Filters
}

/** What to look for in history: a form whose answers stand in the address. */
export function FilterForm({ path, filters }: FilterFormProps) {
  return (
    <form class="filters" action={path} aria-label="Filter the runs">
      <SelectField label="State" name="state" value={filters.state} options={STATES} />
      <SelectField label="Cause" name="cause" value={filters.cause} options={CAUSES} />
      <SelectField label="Trigger" name="trigger" value={filters.trigger} options={TRIGGERS} />
      <SelectField label="Requested" name="within" value={filters.within} options={RANGES} />
      <TextField label="From" name="from" type="date" value={filters.from} />
      <TextField label="To" name="to" type="date" value={filters.to} />
      <div class="actions">
        <button type="submit">Filter</button>
        {isFiltered(filters) && <a href={path}>Clear filters</a>}
      </div>
    </form>
  )
}

const ANY = { value: '', name: 'Any' }

const STATES = [
  ANY,
  { value: 'failed,held', name: 'Failed or held' },
  { value: 'failed', name: 'Failed' },
  { value: 'held', name: 'Held' },
  { value: 'queued,planning,streaming,publishing', name: 'Under way' },
  { value: 'succeeded', name: 'Succeeded' },
  { value: 'cancelled', name: 'Cancelled' },
  { value: 'skipped', name: 'Skipped' },
]

const CAUSES = [ANY, ...Object.entries(CAUSE_WORDS).map(([value, name]) => ({ value, name }))]

const TRIGGERS = [
  ANY,
  { value: 'schedule', name: 'Its schedule' },
  { value: 'manual', name: 'A person' },
  { value: 'queue', name: 'The request queue' },
  { value: 'api', name: 'The API' },
  { value: 'retry', name: 'A retry' },
]

/** Relative ranges stay relative in an address. */
export const RANGES = [
  { value: '', name: 'At any time' },
  { value: '24h', name: 'Last 24 hours' },
  { value: '7d', name: 'Last 7 days' },
  { value: '30d', name: 'Last 30 days' },
  { value: '90d', name: 'Last 90 days' },
]
