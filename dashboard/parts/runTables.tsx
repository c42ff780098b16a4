import type { Output } from '../../src/api/contract.ts'
import type { CauseCode } from '../../src/errors.ts'
import { shareRead } from '../../src/run/progress.ts'
import { StreamsBadge } from './status.tsx'
import { grouped } from './text.ts'

type Progress = Output<'showProgress'>['tables']

/** Before publishing has compared them with what readers see, figures of added and removed rows would be made up. */
export function isCompared({ state, cause }: Pick<Output<'showRun'>, 'state' | 'cause'>): boolean {
  return state === 'succeeded' || state === 'held' || WAS_HELD.has(cause)
}

/** How a run can end that was held first. */
const WAS_HELD: ReadonlySet<string | null> = new Set<CauseCode>(['discarded', 'replaced'])

interface ComparedTablesProps {
  readonly tables: Output<'showRun'>['tables']
  /** What it read, and for which purpose. */
  readonly progress: Progress
}

/** What a finished run made of each table, against what readers saw before. */
export function ComparedTables({ tables, progress }: ComparedTablesProps) {
  const purposes = new Map(progress.map(({ table, purpose }) => [table, purpose]))
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Purpose</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Added
          </th>
          <th scope="col" class="number">
            Removed
          </th>
          <th scope="col" class="number">
            Changed
          </th>
        </tr>
      </thead>
      <tbody>
        {tables.map(({ table, rows, added, removed, changed }) => (
          <tr key={table}>
            <th scope="row">{table}</th>
            <td data-label="Purpose">{purposes.get(table) ?? <span class="quiet">–</span>}</td>
            <td data-label="Rows" class="number">
              {grouped(rows)}
            </td>
            <td data-label="Added" class="number">
              {grouped(added)}
            </td>
            <td data-label="Removed" class="number">
              {grouped(removed)}
            </td>
            <td data-label="Changed" class="number">
              {grouped(changed)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface StreamedTablesProps {
  readonly tables: Progress
  /** Whether the run is under way: only then is there anything to wait for. */
  readonly live: boolean
}

/** How far each table has been read. */
export function StreamedTables({ tables, live }: StreamedTablesProps) {
  if (tables.length === 0) return <p class="empty">{live ? 'Not planned yet.' : 'It ended before it was planned.'}</p>
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Purpose</th>
          {live && <th scope="col">Progress</th>}
          <th scope="col" class="number">
            Rows
          </th>
          {live && (
            <th scope="col" class="number">
              Streams
            </th>
          )}
          {live && <th scope="col">State</th>}
        </tr>
      </thead>
      <tbody>
        {tables.map((progress) => (
          <tr key={progress.table} id={`table-${progress.table}`}>
            <th scope="row">{progress.table}</th>
            <td data-label="Purpose">{progress.purpose ?? <span class="quiet">–</span>}</td>
            {live && (
              <td data-label="Progress" class="bar">
                <Bar table={progress.table} share={shareRead(progress)} />
              </td>
            )}
            <td data-label="Rows" class="number">
              {grouped(progress.rows)}
            </td>
            {live && (
              <td data-label="Streams" class="number">
                {grouped(progress.streamsDone)} of {grouped(progress.streams)}
              </td>
            )}
            {live && (
              <td data-label="State">
                <StreamsBadge {...progress} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Without a total that can be trusted there is no bar: the rows beside it tell that it moves. */
function Bar({ table, share }: { readonly table: string; readonly share: number | null }) {
  if (share === null) return <span class="quiet">–</span>
  return <progress class={share === 1 ? 'good' : undefined} aria-label={`Progress of ${table}`} value={share} />
}
