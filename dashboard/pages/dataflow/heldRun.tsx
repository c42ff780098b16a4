import { Prose } from '../../parts/prose.tsx'
import { RunActions } from '../../parts/runActions.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Run } from './dataflowPage.tsx'

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
