import { disagreement, type UsersFound } from '../cognito/shards.ts'
import type { CauseCode } from '../errors.ts'
import type { TableChange } from '../snapshot/compare.ts'
import { objection } from '../snapshot/guard.ts'
import type { WorkDataflow } from './context.ts'

/** A finished import, before anybody but its publisher has seen it. */
export interface FinishedImport {
  readonly run: number
  readonly dataflow: Pick<WorkDataflow, 'name' | 'maxRemovedPercent' | 'maxRemovedRows'>
  /** The snapshot that a rollback has published since the run was planned; null without one. */
  readonly rolledBackTo: number | null
  /** Against what readers see now. */
  readonly changes: readonly TableChange[]
  /** Null for a pool that was read without shards. */
  readonly users: UsersFound | null
}

/** Why it is kept from readers: for history, with what to do. */
export interface Hold {
  readonly cause: CauseCode
  readonly description: string
}

/** What keeps an import from readers until a person decides; null when it may be published. */
export function reasonToHold(finished: FinishedImport): Hold | null {
  const { run, dataflow, rolledBackTo } = finished
  const decide = `Publish it with \`poolkeeper approve ${run}\`, or drop it with \`poolkeeper discard ${run}\`.`
  if (rolledBackTo !== null) {
    const description = `While this run was under way, ${dataflow.name} was rolled back to run ${rolledBackTo}. ${decide}`
    return { cause: 'rolled-back-meanwhile', description }
  }
  const doubts = doubtsOfTheGuard(finished)
  return doubts.length > 0 ? { cause: 'guard', description: [...doubts, decide].join(' ') } : null
}

function doubtsOfTheGuard({ dataflow, changes, users }: FinishedImport): string[] {
  const { maxRemovedPercent: percent, maxRemovedRows } = dataflow
  if (percent === null) return []
  const rows = changes.find(({ table }) => table === 'users')?.rows ?? 0
  const doubts = [users && disagreement(users, rows), objection(changes, { percent, rows: maxRemovedRows })]
  return doubts.filter((doubt) => doubt !== null)
}
