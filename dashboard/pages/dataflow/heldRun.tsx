import { Prose } from '../../parts/prose.tsx'
import { RunActions } from '../../parts/runActions.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Visit } from '../../visit.ts'
import type { Run, Snapshot } from './dataflowPage.tsx'

/** The run whose snapshot waits for somebody to decide about it. */
export async function heldRun(perform: Visit['perform'], snapshots: readonly Snapshot[]): Promise<Run | undefined> {
  const held = snapshots.find(({ state }) => state === 'held')
  return held && perform('showRun', { run: held.run })
}

/** The import that waits for a person: why, and what may be decided. */
export function HeldRun({ run, around }: { readonly run: Run; readonly around: Surroundings }) {
  return (
    <div class="explained held acting">
      <p>
        <strong>Run {run.run} is held.</strong> <Prose text={run.description ?? ''} />{' '}
        <a href={`/runs/${run.run}`}>See what would change</a>
      </p>
      <RunActions run={run} around={around} />
    </div>
  )
}
