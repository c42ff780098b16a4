import { Prose } from '../../parts/prose.tsx'
import { RunningShare } from '../../parts/runningShare.tsx'
import { statusNote } from '../../parts/status.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Dataflow } from './dataflowPage.tsx'

/** What the dataflow's status alone leaves open: what happened and what to do, why nothing does, or how far it is. */
export function Standing({ dataflow, around }: { readonly dataflow: Dataflow; readonly around: Surroundings }) {
  const { status, lastRun } = dataflow
  if (status === 'running' && lastRun) {
    return (
      <div class="panel running">
        <a href={`/runs/${lastRun.id}`}>Run {lastRun.id} is under way</a>
        <RunningShare run={lastRun} now={around.now} />
      </div>
    )
  }
  const note = statusNote(dataflow, around.now)
  if (!note) return null
  return (
    <p class={`explained ${STYLES[status] ?? ''}`}>
      <Prose text={sentence(note)} />{' '}
      {isOfRun(status) && lastRun && <a href={`/runs/${lastRun.id}`}>Run {lastRun.id}</a>}
    </p>
  )
}

const STYLES: Partial<Readonly<Record<Dataflow['status'], string>>> = { failed: 'failed', held: 'held', late: 'held' }

const isOfRun = (status: Dataflow['status']) => status === 'failed' || status === 'cancelled' || status === 'queued'

/** `rolled back to run 7` → `Rolled back to run 7` */
const sentence = (note: string) => note.charAt(0).toUpperCase() + note.slice(1)
