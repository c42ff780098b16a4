import type { Output } from '../../src/api/contract.ts'
import type { DataflowStatus } from '../../src/dataflow/status.ts'
import type { RunState } from '../../src/db/schema/runs.ts'
import type { Failure } from '../../src/run/failures.ts'
import type { TableProgress } from '../../src/run/progress.ts'
import type { ListedSnapshot } from '../../src/snapshot/list.ts'
import { Prose } from './prose.tsx'
import { inLargestUnit } from './text.ts'

/** Red: a person must act. Amber: a person should look, or it mends itself. Colour never says it alone. */
type Tone = 'good' | 'bad' | 'held' | 'live' | 'calm'

export interface Badge {
  readonly tone: Tone
  readonly mark: string
  readonly word: string
}

const RUN_BADGES: Readonly<Record<RunState, Badge>> = {
  queued: { tone: 'calm', mark: '◦', word: 'Queued' },
  planning: { tone: 'live', mark: '▸', word: 'Planning' },
  streaming: { tone: 'live', mark: '▸', word: 'Running' },
  publishing: { tone: 'live', mark: '▸', word: 'Publishing' },
  succeeded: { tone: 'good', mark: '✓', word: 'Succeeded' },
  failed: { tone: 'bad', mark: '✕', word: 'Failed' },
  cancelled: { tone: 'calm', mark: '∅', word: 'Cancelled' },
  skipped: { tone: 'calm', mark: '»', word: 'Skipped' },
  held: { tone: 'held', mark: '‖', word: 'Held' },
}

const STREAMS = {
  waiting: { tone: 'calm', mark: '◦', word: 'Waiting' },
  streaming: { tone: 'live', mark: '▸', word: 'Streaming' },
  staged: { tone: 'good', mark: '✓', word: 'Staged' },
} as const satisfies Record<string, Badge>

/** What a cause of failures takes to be mended. */
const NEEDS: Readonly<Record<Failure['needs'], Badge>> = {
  'a person': { tone: 'bad', mark: '!', word: 'Needs a person' },
  time: { tone: 'held', mark: '↻', word: 'Mends itself' },
  nothing: { tone: 'calm', mark: '✓', word: 'Over' },
}

/** A dataflow's state, apart from its runs'. */
export const STATUS_BADGES: Readonly<Record<DataflowStatus, Badge>> = {
  failed: RUN_BADGES.failed,
  held: RUN_BADGES.held,
  late: { tone: 'held', mark: '!', word: 'Late' },
  running: RUN_BADGES.streaming,
  queued: RUN_BADGES.queued,
  new: { tone: 'calm', mark: '–', word: 'New' },
  paused: { tone: 'calm', mark: '‖', word: 'Paused' },
  cancelled: RUN_BADGES.cancelled,
  completed: { tone: 'good', mark: '✓', word: 'Completed' },
}

/** What a dataflow's status is explained by. */
type Health = Pick<Output<'showDataflow'>, 'status' | 'pauseReason' | 'lateSince' | 'nextRunAt'> & {
  readonly lastRun: { readonly description: string | null } | null
}

/** What its word alone leaves open: what happened, why nothing does, since when; null where it says enough. */
export function statusNote({ status, lastRun, pauseReason, lateSince, nextRunAt }: Health, now: Date): string | null {
  switch (status) {
    case 'completed':
    case 'new':
      return null
    case 'paused':
      return pauseReason
    case 'late':
      if (lateSince) return `${inLargestUnit(secondsSince(lateSince, now))} overdue`
      return nextRunAt && `${inLargestUnit(secondsSince(nextRunAt, now))} overdue: is a scheduler running?`
    default:
      return lastRun?.description ?? null
  }
}

function secondsSince(at: string, now: Date): number {
  return (now.getTime() - new Date(at).getTime()) / 1000
}

/** A mark and a word. */
export function BadgeView({ tone, mark, word }: Badge) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  )
}

/** How a dataflow stands, in a word. */
export function StatusBadge({ status }: { readonly status: DataflowStatus }) {
  return <BadgeView {...STATUS_BADGES[status]} />
}

/** Of a snapshot that readers see, or that waits for somebody's decision; nothing of any other. */
export function SnapshotBadge({ snapshot }: { readonly snapshot: Pick<ListedSnapshot, 'state' | 'published'> }) {
  if (snapshot.state === 'held') return <BadgeView {...RUN_BADGES.held} />
  return snapshot.published ? <BadgeView tone="good" mark="✓" word="Published" /> : null
}

export function RunBadge({ state }: { readonly state: RunState }) {
  return <BadgeView {...RUN_BADGES[state]} />
}

export function NeedBadge({ needs }: Pick<Failure, 'needs'>) {
  return <BadgeView {...NEEDS[needs]} />
}

export function StreamsBadge({
  complete,
  streamsDone,
  rows,
}: Pick<TableProgress, 'complete' | 'streamsDone' | 'rows'>) {
  if (complete) return <BadgeView {...STREAMS.staged} />
  return <BadgeView {...(streamsDone + rows > 0 ? STREAMS.streaming : STREAMS.waiting)} />
}

interface DataflowBadgeProps {
  readonly dataflow: Health
  readonly now: Date
}

export function DataflowBadge({ dataflow, now }: DataflowBadgeProps) {
  const note = statusNote(dataflow, now)
  return (
    <>
      <StatusBadge status={dataflow.status} />
      {note && (
        <small class="note">
          <Prose text={note} />
        </small>
      )}
    </>
  )
}
