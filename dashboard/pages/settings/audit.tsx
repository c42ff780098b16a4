import { CONTRACT, type Output } from '../../../src/api/contract.ts'
import { type OperationName, ROUTES } from '../../../src/api/routes.ts'
import { addressWith } from '../../address.ts'
import { Empty } from '../../parts/empty.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { RANGES } from '../runs/filterForm.tsx'
import { Settings } from './settings.tsx'

/** What somebody looks for in the audit log, as it stands in the address: an empty text is any. */
export interface AuditFilters {
  readonly actor: string
  readonly action: string
  readonly dataflow: string
  readonly within: string
  readonly from: string
  readonly to: string
}

interface AuditPageProps {
  readonly audit: Output<'listAudit'>
  readonly filters: AuditFilters
  /** Whether it goes on behind a page before. */
  readonly older: boolean
  readonly around: Surroundings
}

type Entry = AuditPageProps['audit']['items'][number]

const PATH = '/settings/audit'

export function AuditPage({ audit, filters, older, around }: AuditPageProps) {
  return (
    <Settings section="Audit log" around={around}>
      <FilterForm filters={filters} />
      {audit.items.length > 0 ? (
        <AuditTable entries={audit.items} around={around} />
      ) : (
        <Empty>{isFiltered(filters) ? 'Nothing in the audit log matches.' : 'Nothing was done yet.'}</Empty>
      )}
      <nav class="pages" aria-label="Pages">
        {older && <a href={addressWith(PATH, { ...filters })}>Newest entries</a>}
        {audit.next && <a href={addressWith(PATH, { ...filters, cursor: audit.next })}>Older entries</a>}
      </nav>
    </Settings>
  )
}

const isFiltered = (filters: AuditFilters) => Object.values(filters).some((value) => value !== '')

/** What is written down that no operation changes: who came and went, and who saw or took rows with personal values. */
const OTHERS = ['exportRows', 'listRows', 'rotateKeys', 'sign-in', 'sign-out']

const CHANGES = Object.entries(ROUTES).flatMap(([name, { method }]) => (method === 'get' ? [] : [name]))

const ACTIONS = [
  { value: '', name: 'Any' },
  ...[...CHANGES, ...OTHERS].sort().map((action) => ({ value: action, name: action })),
]

function FilterForm({ filters }: Pick<AuditPageProps, 'filters'>) {
  return (
    <form class="filters" action={PATH} aria-label="Filter the audit log">
      <TextField label="Who" name="actor" value={filters.actor} />
      <SelectField label="Action" name="action" value={filters.action} options={ACTIONS} />
      <TextField label="Dataflow" name="dataflow" value={filters.dataflow} />
      <SelectField label="Done" name="within" value={filters.within} options={RANGES} />
      <TextField label="From" name="from" type="date" value={filters.from} />
      <TextField label="To" name="to" type="date" value={filters.to} />
      <div class="actions">
        <button type="submit">Filter</button>
        {isFiltered(filters) && <a href={PATH}>Clear filters</a>}
      </div>
    </form>
  )
}

function AuditTable({ entries, around }: { readonly entries: readonly Entry[]; readonly around: Surroundings }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">To</th>
          <th scope="col">Who</th>
          <th scope="col">When</th>
          <th scope="col">Details</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function EntryRow({ entry, around }: { readonly entry: Entry; readonly around: Surroundings }) {
  const { at, actor, via, token, action, dataflow, target, origin } = entry
  return (
    <tr>
      <th scope="row">
        {action}
        <small>{summaryOf(action)}</small>
      </th>
      <td data-label="To" class="target">
        <span>
          {target ?? dataflow ?? '–'}
          {dataflow && target !== dataflow && <small>{dataflow}</small>}
        </span>
      </td>
      <td data-label="Who" class="target">
        <span>
          <a href={addressWith(PATH, { actor })}>{actor}</a>
          <small>
            {VIA[via]}
            {token !== null && ` · token ${token}`} · {origin}
          </small>
        </span>
      </td>
      <td data-label="When">
        <When at={at} around={around} />
      </td>
      <td data-label="Details">
        <Details entry={entry} />
      </td>
    </tr>
  )
}

const VIA: Readonly<Record<Entry['via'], string>> = {
  token: 'the API',
  session: 'signed in',
  command: 'a command',
  queue: 'the request queue',
}

/** In words, what the operation does. */
function summaryOf(action: string): string | undefined {
  return action in CONTRACT ? CONTRACT[action as OperationName].summary : undefined
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function Details({ entry: { details, requestId } }: { readonly entry: Entry }) {
  const told = Object.entries(details).filter(([, value]) => value !== null)
  return (
    <span class="told">
      {told.map(([name, value]) => (
        <small key={name}>
          {name}: {shown(value)}
        </small>
      ))}
      {requestId && <small title="Request id: the log has it as well">{requestId}</small>}
    </span>
  )
}
