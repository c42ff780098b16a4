import { mayAct } from '../../../src/access/caller.ts'
import { Empty } from '../../parts/empty.tsx'
import { SnapshotBadge } from '../../parts/status.tsx'
import { counted, grouped, size } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Snapshot } from './dataflowPage.tsx'

interface SnapshotsProps {
  readonly dataflow: string
  readonly snapshots: readonly Snapshot[]
  /** Where one is to be chosen: the run of the one that is, undefined for none; left out where nothing is. */
  readonly chosen?: { readonly run: number | undefined }
  readonly around: Surroundings
}

/** The snapshots that are kept, newest first; to be chosen from by whoever rolls back. */
export function Snapshots({ dataflow, snapshots, chosen, around }: SnapshotsProps) {
  if (snapshots.length === 0) return <Empty>None yet: the first import makes one.</Empty>
  const operates = mayAct(around.role, 'operator')
  return (
    <table class="cards snapshots">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Taken</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Against what is published
          </th>
          <th scope="col" class="number">
            Size
          </th>
          <th scope="col">Kept</th>
          {operates && <th scope="col">{chosen ? 'Choose' : 'Rollback'}</th>}
        </tr>
      </thead>
      <tbody>
        {snapshots.map((snapshot) => (
          <Row
            key={snapshot.run}
            snapshot={snapshot}
            published={snapshots.find(({ published }) => published)}
            verb={chosen ? 'Choose' : 'Roll back to it'}
            chosen={chosen?.run === snapshot.run}
            choose={operates ? `/dataflows/${dataflow}/rollback?to=${snapshot.run}` : undefined}
            around={around}
          />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly snapshot: Snapshot
  readonly published: Snapshot | undefined
  readonly verb: string
  readonly chosen: boolean
  /** Where it is looked at closer; undefined for whoever may not. */
  readonly choose: string | undefined
  readonly around: Surroundings
}

function Row({ snapshot, published, verb, chosen, choose, around }: RowProps) {
  const { run, takenAt, rows, bytes } = snapshot
  return (
    <tr class={chosen ? 'chosen' : undefined}>
      <th scope="row">
        <a href={`/runs/${run}`}>{run}</a> <SnapshotBadge snapshot={snapshot} />
      </th>
      <td data-label="Taken">
        <When at={takenAt} around={around} />
      </td>
      <td data-label="Rows" class="number">
        {grouped(rows)}
      </td>
      <td data-label="Against now" class="number">
        {published && published !== snapshot ? signed(rows - published.rows) : <span class="quiet">–</span>}
      </td>
      <td data-label="Size" class="number">
        {size(bytes)}
      </td>
      <td data-label="Kept">{keptFor(snapshot)}</td>
      {choose && (
        <td data-label="Rollback">
          {snapshot.state === 'kept' && !snapshot.published ? (
            <a href={choose} aria-current={chosen ? 'true' : undefined}>
              {chosen ? '◉ Chosen' : verb}
              <span class="heard"> run {run}</span>
            </a>
          ) : (
            <span />
          )}
        </td>
      )}
    </tr>
  )
}

/** −412: how many rows more or less there would be. */
function signed(rows: number): string {
  if (rows === 0) return 'as many rows'
  return `${rows > 0 ? '+' : '−'}${counted(Math.abs(rows), 'row')}`
}

function keptFor({ state, published, importsLeft }: Snapshot): string {
  if (state === 'held') return 'until somebody decides'
  return published || importsLeft === null ? 'while readers see it' : `for ${counted(importsLeft, 'more import')}`
}
