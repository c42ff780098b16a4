import type { Overview } from '../../src/dataflow/overview.ts'
import type { RunState } from '../../src/db/schema/runs.ts'
import type { Failure } from '../../src/run/failures.ts'
import type { TableProgress } from '../../src/run/progress.ts'
import { isActive } from '../../src/run/states.ts'
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

/** A dataflow's state, apart from its runs': with a note where the word alone leaves a question open. */
export interface DataflowStatus extends Badge {
  readonly note: string | null
}

/** A slot is handed out within seconds; a quarter of an hour later something is wrong with the schedulers. */
const LATE_SECONDS = 15 * 60

/** What a dataflow's status is told from. */
type Health = Pick<Overview, 'lastRun' | 'pausedAt' | 'pauseReason' | 'nextRunAt' | 'lateSince'>

/** The worst of what is known decides: a pause must not hide a failure, nor a success that nothing runs any more. */
export function dataflowStatus(dataflow: Health, now: Date): DataflowStatus {
  const { lastRun, pausedAt, pauseReason, nextRunAt, lateSince } = dataflow
  if (lastRun && (isActive(lastRun.state) || lastRun.state === 'failed' || lastRun.state === 'held')) {
    return { ...RUN_BADGES[lastRun.state], note: lastRun.description }
  }
  if (lateSince) return late(`${inLargestUnit(secondsSince(lateSince, now))} overdue`)
  if (pausedAt) return { tone: 'calm', mark: '‖', word: 'Paused', note: pauseReason }
  const overdue = nextRunAt ? secondsSince(nextRunAt, now) : 0
  if (overdue > LATE_SECONDS) return late(`${inLargestUnit(overdue)} overdue: is a scheduler running?`)
  if (!lastRun) return { tone: 'calm', mark: '–', word: 'Never run', note: null }
  return { ...RUN_BADGES[lastRun.state], note: lastRun.state === 'succeeded' ? null : lastRun.description }
}

function late(note: string): DataflowStatus {
  return { tone: 'held', mark: '!', word: 'Late', note }
}

function secondsSince(at: Date, now: Date): number {
  return (now.getTime() - at.getTime()) / 1000
}

/** A mark and a word. */
export function BadgeView({ tone, mark, word }: Badge) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  )
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

export function DataflowBadge({ status }: { readonly status: DataflowStatus }) {
  return (
    <>
      <BadgeView {...status} />
      {status.note && (
        <small class="note">
          <Prose text={status.note} />
        </small>
      )}
    </>
  )
}
