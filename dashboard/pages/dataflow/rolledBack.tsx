import { mayAct } from '../../../src/access/caller.ts'
import { Action } from '../../parts/action.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Dataflow, Snapshot } from './dataflowPage.tsx'

export interface Rollback {
  /** What readers see, and what was published after it. */
  readonly to: number
  readonly from: number
}

/** The rollback that holds: readers see an earlier import than the last one that was published. */
export function rollbackIn(snapshots: readonly Snapshot[]): Rollback | undefined {
  const kept = snapshots.filter(({ state }) => state === 'kept')
  const [newest, seen] = [kept[0], kept.find(({ published }) => published)]
  return newest && seen && newest !== seen ? { to: seen.run, from: newest.run } : undefined
}

interface RolledBackProps extends Rollback {
  readonly dataflow: Dataflow
  readonly around: Surroundings
}

/** That it was rolled back, and the way forward again. */
export function RolledBack({ dataflow: { name, pausedAt }, from, to, around }: RolledBackProps) {
  return (
    <div class="explained acting">
      <p>
        Readers see run {to}: it was rolled back from run {from}
        {pausedAt && ', and the schedule is paused so that the next run doesn’t undo it'}.
      </p>
      {mayAct(around.role, 'operator') && (
        <a class="button" href={`/dataflows/${name}/rollback?to=${from}`}>
          Go forward again
        </a>
      )}
      {pausedAt && mayAct(around.role, 'admin') && (
        <Action name="Resume the schedule" to={`/dataflows/${name}/resume`} around={around} />
      )}
    </div>
  )
}
