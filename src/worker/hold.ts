import { disagreement, type UsersFound } from '../cognito/shards.ts'
import type { CauseCode } from '../errors.ts'
import type { TableChange } from '../snapshot/compare.ts'
import { objection } from '../snapshot/guard.ts'
import type { WorkDataflow } from './context.ts'

/** A finished import, before anybody but its publisher has seen it. */
export interface FinishedImport {
  readonly dataflow: Pick<WorkDataflow, 'name' | 'maxRemovedPercent' | 'maxRemovedRows'>
  /** The snapshot that a rollback has published since the run was planned; null without one. */
  readonly rolledBackTo: number | null
  /** Against what readers see now. */
  readonly changes: readonly TableChange[]
  /** Null for a pool that was read without shards. */
  readonly users: UsersFound | null
}

/** Why it is kept from readers: for history. */
export interface Hold {
  readonly cause: CauseCode
  readonly doubts: string
}

/** What keeps an import from readers until a person decides; null when it may be published. */
export function reasonToHold(finished: FinishedImport): Hold | null {
  const { dataflow, rolledBackTo } = finished
  if (rolledBackTo !== null) {
    const doubts = `While this run was under way, ${dataflow.name} was rolled back to run ${rolledBackTo}.`
    return { cause: 'rolled-back-meanwhile', doubts }
  }
  const doubts = doubtsOfTheGuard(finished)
  return doubts.length > 0 ? { cause: 'guard', doubts: doubts.join(' ') } : null
}

function doubtsOfTheGuard({ dataflow, changes, users }: FinishedImport): string[] {
  const { maxRemovedPercent: percent, maxRemovedRows } = dataflow
  if (percent === null) return []
  const rows = changes.find(({ table }) => table === 'users')?.rows ?? 0
  const doubts = [users && disagreement(users, rows), objection(changes, { percent, rows: maxRemovedRows })]
  return doubts.filter((doubt) => doubt !== null)
}
